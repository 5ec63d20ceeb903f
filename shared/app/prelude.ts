// An app imports this before everything else, for what it does: the modules of an app take half of the
// time that it needs to start, and whatever happens meanwhile must find these in place.
import './loading.ts'
import 'bare-buffer/global'
import { redirectConsole } from './console.ts'
import { handleSignals } from './lifecycle.ts'

/**
 * Short-lived bytes are cut from pieces of this size, each of which stays until the last of its bytes is
 * collected. Of 64 KiB, as it is by default, many live long enough to wait for a full collection.
 */
const POOL_BYTES = 16 * 1024

Buffer.poolSize = POOL_BYTES
handleSignals()
redirectConsole()
