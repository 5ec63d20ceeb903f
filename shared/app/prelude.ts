// An app imports this before everything else, for what it does: the modules of an app take half of the
// time that it needs to start, and whatever happens meanwhile must find these in place.
import 'bare-buffer/global'
import { redirectConsole } from './console.ts'
import { handleSignals } from './lifecycle.ts'

handleSignals()
redirectConsole()
