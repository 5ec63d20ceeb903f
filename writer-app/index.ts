import b4a from 'b4a'
import Hypercore from 'hypercore'
import { DONE, Failure, TIMED_OUT } from '../shared/errors.ts'
import { createFeed } from '../shared/feed/feed.ts'
import { heldByPeer } from '../shared/replication/handover.ts'
import {
  args,
  bootstrapNodes,
  dataFolder,
  fail,
  isStopping,
  nameApp,
  onStop,
  stop
} from '../shared/app/environment.ts'
import { closeInput, readInput } from '../shared/app/stdin.ts'
import { splitLines } from '../shared/app/lines.ts'
import { openWriter, writerFailure } from '../shared/storage/writer-log.ts'
import { jsonLine, watchOutput, writeOutput } from '../shared/app/stdout.ts'
import { restore } from '../shared/replication/recovery.ts'
import { createStatus } from '../shared/app/status.ts'
import { createSwarm, joinSwarm } from '../shared/swarm.ts'
import { NAME, parseWriter } from './command.ts'

nameApp(NAME)
watchOutput()
const options = parseWriter(args)
if (options.text !== null) {
  await writeOutput(options.text)
  await stop(DONE)
}
const status = createStatus(NAME, options)

const log = await openWriter(options.storage ?? dataFolder(NAME))
const { core } = log
const key = b4a.toString(core.key, 'hex')
await writeOutput(options.json ? jsonLine('writer', 'key', { key }) : `hypercore key: ${key}\n`)

const lost = log.isShort && !options.acceptLoss
if (!lost) await log.begin()

const swarm = createSwarm(options.bootstrap ?? bootstrapNodes)
const feed = createFeed(core, { onerror: (err) => fail(writerFailure(err)) })
let appending: Promise<unknown> = Promise.resolve()
onStop(async () => {
  closeInput()
  await appending.catch(() => {})
  await membership.leave()
  await feed.close()
  await log.close()
})
const membership = joinSwarm(swarm, core, status, options)

if (lost) {
  status.info('the log came back shorter, looking for a reader that holds the rest')
  await restore(log)
  await log.begin()
}

const first = core.length
let committing: Promise<void> = Promise.resolve()
const lines = splitLines(readInput(), {
  ...(options.delimiter && { delimiter: options.delimiter }),
  limit: Hypercore.MAX_SUGGESTED_BLOCK_SIZE
})
for await (const blocks of lines) {
  if (isStopping()) break
  appending = log.append(blocks)
  await appending
  // one batch is synced to the disk while the next is appended
  await committing
  if (isStopping()) break
  committing = acknowledge()
}
await committing

if (!isStopping() && !options.exitOnEof) status.info('stdin ended, still serving')
if (!isStopping() && options.exitOnEof) {
  status.info('stdin ended, waiting for a peer to hold every block of this run')
  if (!(await heldByPeer(core, first, core.length, options.timeout))) {
    throw new Failure(
      `no peer holds every block of this run after ${(options.timeout ?? 0) / 1000} s: start a reader, or wait longer with --timeout; the blocks are kept`,
      TIMED_OUT
    )
  }
  await stop(DONE)
}

async function acknowledge(): Promise<void> {
  const length = await log.commit()
  if (options.json) await writeOutput(jsonLine('writer', 'append', { length }))
}
