import '../shared/app/prelude.ts'
import { bootstrapNodes, dataFolder } from '../shared/app/environment.ts'
import { formatKeys, jsonLine } from '../shared/app/format.ts'
import { gather } from '../shared/app/gather.ts'
import { hashFaster } from '../shared/app/hashing.ts'
import { fail, isStopping, onAsked, onStop, stop } from '../shared/app/lifecycle.ts'
import { splitLines } from '../shared/app/lines.ts'
import { Progress, type Work, grouped } from '../shared/app/progress.ts'
import { now, secondsSince } from '../shared/app/schedule.ts'
import { startApp } from '../shared/app/start.ts'
import { statusOnTerminal } from '../shared/app/status.ts'
import { closeInput, readInput } from '../shared/app/stdin.ts'
import { writeOutput } from '../shared/app/stdout.ts'
import { DONE, Failure, TIMED_OUT } from '../shared/errors.ts'
import { writerFailure } from '../shared/storage/failures.ts'
import { openWriter } from '../shared/storage/open.ts'
import { NAME, parseWriter } from './command.ts'
import { invitation } from './invitation.ts'

const { options, status } = await startApp(NAME, parseWriter, writerFailure)
const storage = options.storage ?? dataFolder(NAME)
if (options.list || options.key || options.forget) {
  const { runErrand } = await import('./errands.ts')
  await runErrand(storage, options, status)
  await stop(DONE)
}

const log = await openWriter(storage, options)
const { core } = log
// any other log asks the peers first what they hold of it
if (log.isNew || options.acceptLoss) await log.startAppending(options.acceptLoss)

// from here on somebody may have the key: the log is on the disk
await writeOutput(formatKeys(options, core.key, log.encryption))
if (statusOnTerminal() && !options.json) {
  const command = invitation(options.bootstrap, core.key, log.encryption)
  status.info(`read along in another terminal: ${command}`)
}

// what the key does not need is loaded once it is out
hashFaster(core, status)
const { PeerStatus } = await import('../shared/app/peer-status.ts')
const { serveLog } = await import('../shared/replication.ts')
const { createSwarm, joinSwarm } = await import('../shared/swarm.ts')
const swarm = createSwarm(options.bootstrap ?? bootstrapNodes, status.info)
const served = serveLog(swarm, log, {
  onloss: () => {
    status.info('the log came back shorter, looking for a reader that holds the rest')
  },
  onrival: (address) => {
    status.info(`a copy of this log was started at ${address}, and was told to stop`)
  },
  ondrop: (reason) => peers.reportDrop(reason),
  onerror: fail
})
const membership = joinSwarm(swarm, core.discoveryKey, {
  lan: options.lan,
  ondht: (answers) => peers.reportDht(answers),
  onwarning: status.info
})
const peers = new PeerStatus(core, status, membership)
onStop(async () => {
  closeInput()
  await log.settled()
  peers.close()
  await membership.leave()
  served.close()
  await log.close()
})

await served.prepare(membership.flushed)
const gone = await log.startTrimming((err) => fail(writerFailure(err)))
if (gone > 0) status.info(`let go of ${gone} blocks that are no longer kept (--keep)`)

const first = core.length
const progress = new Progress(status, measure, describe, { draws: true })
onAsked(() => progress.tell())
let committing: Promise<void> = Promise.resolve()
const lines = splitLines(readInput(), {
  ...(options.delimiter && { delimiter: options.delimiter }),
  limit: log.maxBlockSize
})
for await (const blocks of gather(lines)) {
  if (isStopping()) break
  await log.append(blocks)
  // one batch is synced to the disk while the next is appended
  await committing
  if (isStopping()) break
  committing = acknowledge()
}
await committing

const ended = now()
if (!isStopping() && !options.exitOnEof) status.info('stdin ended, still serving')
if (!isStopping() && options.exitOnEof) {
  const text = 'stdin ended, waiting for a peer to hold every block of this run'
  status.tell('waiting', text, { for: 'reader' })
  progress.start()
  if (!(await served.waitUntilHeld(first, core.length, options.timeout))) {
    throw new Failure(
      `no peer holds every block of this run after ${(options.timeout ?? 0) / 1000} s: start a reader, or wait longer with --timeout; the blocks are kept`,
      TIMED_OUT
    )
  }
  progress.stop()
  const blocks = core.length
  const held = `a reader holds all ${grouped(blocks - first)} blocks of this run`
  status.tell('caughtup', held, { blocks, seconds: secondsSince(ended) })
  await stop(DONE)
}

function measure(): Work {
  const of = core.length
  return { blocks: first + served.furthest(first, of), of, from: first, peers: core.peers.length }
}

function describe({ blocks, of, peers }: Work): string {
  const held = `${grouped(blocks - first)} of ${grouped(of - first)} blocks`
  return `${peers === 1 ? '1 reader' : `${peers || 'no'} readers`}, the furthest holds ${held}`
}

async function acknowledge(): Promise<void> {
  const length = await log.commit()
  if (options.json) await writeOutput(jsonLine('writer', 'append', { length }))
}
