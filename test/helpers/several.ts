// Runs the test files that its arguments name, one after the other in this process.
import path from 'bare-path'
import { pathToFileURL } from 'bare-url'
import { pause, resume } from 'brittle'

// no file ends what all of them use before the last of them has said that it does
pause()
for (const file of Bare.argv.slice(2)) await import(pathToFileURL(path.resolve(file)).href)
resume()
