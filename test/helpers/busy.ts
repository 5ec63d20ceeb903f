import { now } from '../../shared/limits/clock.ts'

/** Keeps this process from doing anything else for `ms` milliseconds. */
export function beBusy(ms: number): void {
  const end = now() + ms
  while (now() < end);
}
