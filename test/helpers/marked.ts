/** What `MARKED` prints. */
export const MARK = 'started from the scripts\n'

/** A script to stand in for that of an app, where it matters only whether it is what is started. */
export const MARKED = `exports.start = () => console.log(${JSON.stringify(MARK.trim())})`
