// A writer as an app that knows only Hypercore and Hyperswarm has it: what comes on stdin, chunk by
// chunk, goes into a core that whoever connects gets.
import b4a from 'b4a'
import path from 'bare-path'
import process from 'bare-process'
import Hypercore from 'hypercore'
import { joinPlain } from './swarm.ts'

const [storage = '', bootstrap = ''] = Bare.argv.slice(2)
const core = new Hypercore(path.join(storage, 'plain-writer'))
await core.ready()
console.log(`key ${b4a.toString(core.key, 'hex')}`)

process.stdin.on('data', (chunk) => {
  void core.append(chunk as Uint8Array).then(({ length }) => console.log(`length ${length}`))
})
joinPlain(core, bootstrap)
