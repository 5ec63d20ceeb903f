// The tests of several files share two cores with whatever else runs there, so a test that takes ten
// seconds by itself may take minutes. Both limits only end what waits in vain.

/** What one test may take, in milliseconds. */
export const TEST_MS = 300_000

/** What one file of tests may take, in milliseconds. */
export const FILE_MS = 3 * TEST_MS
