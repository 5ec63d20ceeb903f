// A writer as an app that knows only Hypercore and Hyperswarm has it: what comes on stdin, chunk by
// chunk, goes into a core that whoever connects gets. A new core begins with `count` numbered lines.
import b4a from 'b4a'
import path from 'bare-path'
import process from 'bare-process'
import Hypercore from 'hypercore'
import { numbered } from '../numbered.ts'
import { joinPlain } from './swarm.ts'

const [storage = '', bootstrap = '', count = '0'] = Bare.argv.slice(2)
const core = new Hypercore(path.join(storage, 'plain-writer'))
await core.ready()
if (core.length === 0) await core.append(numbered(Number(count)).map((line) => b4a.from(line)))
console.log(`key ${b4a.toString(core.key, 'hex')}`)

process.stdin.on('data', (chunk) => {
  void core.append(chunk as Uint8Array).then(({ length }) => console.log(`length ${length}`))
})
joinPlain(core, bootstrap)
