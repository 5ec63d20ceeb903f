// A reader as an app that knows only Hypercore and Hyperswarm has it: it reads block by block from
// the end that it knows of once it has looked for peers, or from the block that it is told.
import b4a from 'b4a'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { joinPlain } from './swarm.ts'

const [storage = '', bootstrap = '', key = '', first] = Bare.argv.slice(2)
const core = new Hypercore(path.join(storage, 'plain-reader'), b4a.from(key, 'hex'))
await core.ready()

const swarm = joinPlain(core, bootstrap)
await swarm.flush()
await core.update()
let seq = first === undefined ? core.length : Number(first)
console.log(`from ${seq}`)
for await (const block of core.createReadStream({ start: seq, live: true })) {
  console.log(`${seq++} ${String(block)}`)
}
