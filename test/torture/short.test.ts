import { test } from 'brittle'
import { closeTestnet } from '../helpers/app.ts'
import { torture } from './torture.ts'

const FAULTS = new Set(['kill', 'stop', 'pause', 'stall'])

test('a writer and its readers go through faults at random, and every line is read once, in order', (t) =>
  torture(t, { seed: 1, seconds: 15, readers: 3, private: false, keep: Infinity, faults: FAULTS }))

closeTestnet()
