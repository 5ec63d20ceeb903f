// Runs the app that is its first argument, with the arguments after that, and sets the clock back by
// an hour whenever it is sent SIGCONT, as a time server may do.
import fs from 'bare-fs'
import process from 'bare-process'

const HOUR_MS = 3_600_000

const real = Date.now
let back = 0
Date.now = () => real() - back
process.on('SIGCONT', () => {
  back += HOUR_MS
  // the app may have a stream of its own for the same
  fs.writeSync(2, 'the clock was set back\n')
})

const [binary = '', , app = '', ...args] = Bare.argv
Bare.argv.splice(0, Bare.argv.length, binary, app, ...args)
void import(app)
