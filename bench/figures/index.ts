import type { Figure } from '../harness/figure.ts'
import { acknowledge } from './acknowledge.ts'
import { besideBrokers } from './brokers.ts'
import { catchUpFar } from './catch-up-far.ts'
import { catchUp } from './catch-up.ts'
import { crowd } from './crowd.ts'
import { executables } from './executables.ts'
import { growth } from './growth.ts'
import { ingest } from './ingest.ts'
import { largeBlocks } from './large-blocks.ts'
import { lineFar } from './line-far.ts'
import { manyCatchUp } from './many-catch-up.ts'
import { memory } from './memory.ts'
import { noDht } from './no-dht.ts'
import { paste } from './paste.ts'
import { pipe } from './pipe.ts'
import { plain } from './plain.ts'
import { privateLog } from './private.ts'
import { relay } from './relay.ts'
import { retention } from './retention.ts'
import { slowLink } from './slow-link.ts'
import { startUp } from './start-up.ts'

/** All figures, in the order in which they are measured and shown. */
export const figures: Figure[] = [
  catchUp,
  catchUpFar,
  manyCatchUp,
  plain,
  relay,
  largeBlocks,
  pipe,
  lineFar,
  slowLink,
  crowd,
  ingest,
  acknowledge,
  paste,
  privateLog,
  besideBrokers,
  startUp,
  noDht,
  executables,
  memory,
  growth,
  retention
]
