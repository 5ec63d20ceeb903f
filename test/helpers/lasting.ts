// Stands in for a test file that is at work: leaves a temporary file, starts a process in its group
// and one that leaves it, writes the number of the group to the file READY, and does not end.
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawn } from 'bare-subprocess'

fs.writeFileSync(path.join(os.tmpdir(), 'a file'), 'content')
spawn('sleep', ['1000'])
// elsewhere nothing tells who started it
if (os.platform() === 'linux') spawn('sleep', ['1000'], { detached: true })

const ready = os.getEnv('READY') ?? ''
fs.writeFileSync(`${ready}.part`, String(os.pid()))
fs.renameSync(`${ready}.part`, ready)
