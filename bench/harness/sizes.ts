/** The lines of every figure that does not say otherwise. */
export const LINE_BYTES = 100

/** The distance of every figure that has one. */
export const ROUND_TRIP_MS = 50
