// Runs the app in the file that is the second argument, as if an upgrade had renamed the member that
// the first one names; the other arguments are for the app.
import Hypercore from 'hypercore'
import Hyperswarm from 'hyperswarm'
import Protomux from 'protomux'

const [member = '', app = ''] = Bare.argv.splice(2, 2)
const [name = '', key = ''] = member.split('.')
const classes: Record<string, { prototype: object }> = { Hypercore, Hyperswarm, Protomux }
if (!Reflect.deleteProperty(classes[name]?.prototype ?? {}, key)) throw new Error(`no ${member}`)
await import(app)
