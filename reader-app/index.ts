import '../shared/app/prelude.ts'
import b4a from 'b4a'
import type { Peer } from 'hypercore'
import { bootstrapNodes, dataFolder } from '../shared/app/environment.ts'
import { expectPeer } from '../shared/app/expect-peer.ts'
import { formatBlocks } from '../shared/app/format.ts'
import { hashFaster } from '../shared/app/hashing.ts'
import { fail, isStopping, onAsked, onStop, stop } from '../shared/app/lifecycle.ts'
import { Progress, type Work, grouped } from '../shared/app/progress.ts'
import { now, secondsSince } from '../shared/app/schedule.ts'
import { startApp } from '../shared/app/start.ts'
import { writeStatus } from '../shared/app/status.ts'
import { hasOutput, onTerminal, writeOutput } from '../shared/app/stdout.ts'
import { DONE, Failure, TIMED_OUT } from '../shared/errors.ts'
import { Copy } from '../shared/storage/copy.ts'
import { readerFailure } from '../shared/storage/failures.ts'
import { createCipher, whyUnreadable } from '../shared/storage/private-log.ts'
import { NAME, parseReader } from './command.ts'
import { dropGuard } from './drop-guard.ts'
import { hintAtMissing } from './missing-hint.ts'
import { withPatience } from './patience.ts'
import { type Gap, ReadingRange, startOf } from './reading-range.ts'

const { options, status } = await startApp(NAME, parseReader, readerFailure)
const { seed, resume, follow, format } = options
if (!seed && !hasOutput()) await stop(DONE)
const storage = options.storage ?? dataFolder(NAME)
if (options.list || options.forget) {
  const { runErrand } = await import('./errands.ts')
  await runErrand(storage, options, status)
  await stop(DONE)
}

// the DHT is asked for its nodes while the copy is opened
const { createSwarm, joinSwarm } = await import('../shared/swarm.ts')
const swarm = createSwarm(options.bootstrap ?? bootstrapNodes, status.info)
const { access } = options
const copy = await Copy.open(storage, access.key, { alone: seed })
onStop(() => copy.close())
const { core } = copy
const unreadable = whyUnreadable(core, access, options)
if (unreadable !== null) throw unreadable
const cipher = access.encryption && createCipher(core.key, access.encryption)
if (seed && cipher !== null) {
  const hex = b4a.toString(core.key, 'hex')
  status.info(`this key also reads: on a machine that is not yours, seed with ${hex}`)
}
hashFaster(core, status)
const position = resume === null ? null : await copy.position(resume)
const retention = await copy.retention(options.keep)
// an archive is to hold every block
const isArchive = seed && options.keep === null
if (isArchive) retention.wantAll()
const start = startOf(options, { held: retention.end, resumed: position?.seq })

const { PeerStatus } = await import('../shared/app/peer-status.ts')
const { followLog } = await import('../shared/replication.ts')
const events = {
  ondrop: (reason: string) => peers.reportDrop(reason),
  onhops: (peer: Peer, hops: number) => peers.setHops(peer, hops),
  standing: () => (seed ? retention.end : (position?.seq ?? Infinity)),
  onmanifest: () => {
    const unreadable = whyUnreadable(core, access, options)
    if (unreadable !== null) fail(unreadable)
  },
  // other readers go on with what they have yet to print
  mayDrop: dropGuard((start, end) => isArchive || copy.hasUnprinted(start, end), status.info),
  onerror: fail
}
const log = followLog(swarm, core, start, events, retention)
const membership = joinSwarm(swarm, core.discoveryKey, {
  lan: options.lan,
  ondht: (answers) => peers.reportDht(answers),
  onwarning: status.info
})
const peers = new PeerStatus(core, status, membership)
const stopHinting = hintAtMissing(log, status.info)
onStop(async () => {
  stopHinting()
  peers.close()
  await log.close()
  await retention.close()
  await membership.leave()
  await copy.close()
})
if (options.timeout !== undefined) expectPeer(core, options.timeout)

// earlier blocks are those that were there before this began, as the first peer that can tell has it;
// without --no-follow that is waited for
const startKnown = 'from' in start
const asked = !startKnown || !follow
const patience = follow ? Infinity : options.timeout
const found = asked ? await log.findEnd(membership.flushed, patience) : null
// which is behind where its own source is slow
const end = found === null || follow ? found : await log.furthestEnd(found)
const length = end ?? core.length
const range = new ReadingRange(start, options, length)
const { first } = range
if (!startKnown) log.startAt(first)
log.stopAt(range.stopAt)
if (!follow) {
  core.on('truncate', () => {
    range.endBefore(log.claimedEnd)
    log.stopAt(range.stopAt)
  })
}
if (follow && startKnown && first > core.length) {
  void log.findEnd(membership.flushed, patience).then((length) => reportBeyond(length))
} else reportBeyond(end)

// whether the key reads the log is told before anything is shown
if (!seed && follow) await log.manifestKnown()
if (!seed && !isStopping()) {
  const notice = `Skipping ${first} earlier blocks...\n`
  if (format.as === 'text') await writeOutput(notice)
  else if (format.as === 'json') status.tell('skip', notice.trim(), { blocks: first })
  else if (!options.quiet) writeStatus(notice)
}

// the next --resume goes on from here, though nothing should come before it
if (end !== null || startKnown) await position?.begin(first)

// blocks that are printed on the terminal show by themselves how far it is
const progress = new Progress(status, measure, describe, { draws: seed || !onTerminal() })
onAsked(() => progress.tell())
progress.start()
const begun = now()
let done = first
retention.lower(first)
await retention.begin(() => done, fail)
let told = false
if (end !== null && first >= Math.min(end, range.stopAt)) tellCaughtUp(end)
// what a rewind brings before the first block is not shown
if (follow) core.on('truncate', () => told && reportBeyond(log.claimedEnd))
const steps = follow ? log.blocks() : withPatience(log.blocks(), missing, options.timeout)
for await (const step of steps) {
  const came = new Date()
  // what cannot be read is not shown
  if (isStopping()) break
  if ('gone' in step) {
    tellGone(step.gone)
    if (seed) await retention.skipTo(step.gone.end)
    range.leaveOut(step.gone)
    log.stopAt(range.stopAt)
    noteDone(step.gone.end)
    continue
  }
  const next = 'blocks' in step ? step.seq + step.blocks.length : step.rewindTo
  if ('rewindTo' in step) {
    const text = `the writer rewound its log to block ${next}: what follows replaces what came after`
    status.tell('rewind', text, { seq: next })
    range.rewindTo(next)
    log.stopAt(range.stopAt)
  } else if (!seed) {
    await position?.begin(step.seq)
    const blocks = cipher?.decrypt(step.seq, step.blocks) ?? step.blocks
    await writeOutput(formatBlocks(format, step.seq, blocks, came))
    await position?.moveTo(next, step.fork)
  }
  noteDone(next)
  await retention.apply(next)
}

if (!isStopping()) {
  if (!follow && end === null) {
    throw new Failure(
      'no peer has shown where the log ends, so these are the blocks of the local copy alone: start the writer, or wait longer with --timeout',
      TIMED_OUT
    )
  }
  await stop(DONE)
}

function noteDone(blocks: number): void {
  done = blocks
  if (!told && (blocks >= range.stopAt || holdsAll(blocks))) tellCaughtUp(blocks)
}

// what no peer says may be behind what is known here
function holdsAll(blocks: number): boolean {
  return (seed || core.peers.length > 0) && log.holdsAll(blocks)
}

function tellCaughtUp(blocks: number): void {
  told = true
  progress.stop()
  const seconds = secondsSince(begun)
  const text = seed
    ? `holding every block so far (${blocks}), and every new one as it comes`
    : `caught up at block ${grouped(blocks)} in ${seconds} s`
  // a person is told of blocks that came
  status.tell('caughtup', text, { blocks, seconds }, done > first || seed ? undefined : 'scripts')
}

function measure(): Work {
  const of = Math.max(done, Math.min(log.claimedEnd, range.stopAt))
  return { blocks: done, of, from: first, peers: core.peers.length }
}

function describe({ blocks, of }: Work): string {
  return `${seed ? 'holding' : 'at block'} ${grouped(blocks)} of ${grouped(of)}`
}

function reportBeyond(length: number | null): void {
  const { next } = log
  if (length === null || next <= Math.max(length, core.length) || seed) return
  const then = follow ? `waiting for block ${next}` : `there is no block ${next} yet`
  const text = `the log has ${length} blocks so far: ${then}`
  if (follow) status.tell('waiting', text, { for: 'block' })
  else status.info(text)
}

function tellGone(gone: Gap): void {
  const { start, end } = gone
  const text = `skipping ${end - start} blocks that nobody keeps any more (${start} to ${end - 1})`
  status.tell('gone', text, gone)
}

function missing(): Failure | null {
  const next = log.nextMissing
  if (next === null) return null
  return new Failure(
    `block ${next} and what follows to block ${Math.min(range.stopAt, core.length) - 1} cannot be had: no peer here holds it; start the writer, or a reader that does, or wait longer with --timeout`,
    TIMED_OUT
  )
}
