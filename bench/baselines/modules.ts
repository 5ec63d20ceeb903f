// What Bare takes to load the modules of an app and to run nothing of them.
//   bare bench/baselines/modules.ts <writer-app|reader-app>
import process from 'bare-process'
import reader from '../../reader-app/package.json' with { type: 'json' }
import writer from '../../writer-app/package.json' with { type: 'json' }

const [name] = Bare.argv.slice(2)
const app = name === writer.name ? writer : reader
for (const dependency of Object.keys(app.dependencies)) await import(dependency)
process.stdout.write('loaded\n')
