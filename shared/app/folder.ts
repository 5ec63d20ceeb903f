/**
 * Where the app lies, as a URL: of its folder, whose `dist` this was built into, or of a place within an
 * executable.
 */
export const APP_URL = import.meta.url.replace(/\/dist\/(?:app\.cjs|shared\/app\/[^/]+)$/, '')

/** Whether the app's modules lie inside an executable, and have no files of their own. */
export const standalone = !APP_URL.startsWith('file:')
