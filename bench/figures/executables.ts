import fs from 'bare-fs'
import reader from '../../reader-app/package.json' with { type: 'json' }
import { type App, makeExecutable } from '../../scripts/make/executable.ts'
import { HERE } from '../../scripts/make/hosts.ts'
import { Failure } from '../../shared/errors.ts'
import writer from '../../writer-app/package.json' with { type: 'json' }
import { type Figure, LeftOut } from '../harness/figure.ts'
import { installedSize } from '../harness/footprint.ts'
import { alternate } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'
import { timeToBlock, timeToKey } from '../harness/starting.ts'

export const executables: Figure = {
  name: 'executables',
  about: 'start-up and size of the standalone executables, against bare and an app folder',
  measure: ({ rounds }) =>
    scoped(async (scope) => {
      const folder = scope.folder()
      const writerFile = await make(writer, folder)
      const readerFile = await make(reader, folder)
      const network = await loopback(scope)
      const log = await startWriterOf(scope, network, 1, LINE_BYTES)
      const times = await alternate(rounds, {
        'writer, executable': () => timeToKey(network, { app: [writerFile] }),
        'writer, bare': () => timeToKey(network),
        'reader, executable': () => timeToBlock(network, log, { app: [readerFile] }),
        'reader, bare': () => timeToBlock(network, log)
      })
      return [
        {
          name: 'executable-writer',
          title: 'exec to key, executable',
          unit: 'ms',
          pair: times['writer, executable'],
          before: [],
          baselines: { 'bare writer-app': times['writer, bare'] }
        },
        {
          name: 'executable-reader',
          title: 'exec to first block, executable',
          unit: 'ms',
          pair: times['reader, executable'],
          before: [],
          baselines: { 'bare reader-app': times['reader, bare'] }
        },
        {
          name: 'executable-size',
          title: 'size of the writer’s executable',
          unit: 'MB',
          pair: [fs.statSync(writerFile).size / 1e6],
          before: [],
          baselines: { 'bare and the app’s packages': [installedSize('writer-app') / 1e6] }
        }
      ]
    })
}

async function make(app: App, folder: string): Promise<string> {
  try {
    return await makeExecutable('.', app, HERE, folder)
  } catch (err) {
    if (err instanceof Failure) throw new LeftOut(err.message)
    throw err
  }
}
