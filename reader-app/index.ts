import '../shared/app/prelude.ts'
import { bootstrapNodes, dataFolder } from '../shared/app/environment.ts'
import { formatBlocks, jsonLine } from '../shared/app/format.ts'
import { fail, isStopping, onStop, stop } from '../shared/app/lifecycle.ts'
import { PeerStatus, expectPeer } from '../shared/app/peer-status.ts'
import { startApp } from '../shared/app/start.ts'
import { writeStatus } from '../shared/app/status.ts'
import { hasOutput, writeOutput } from '../shared/app/stdout.ts'
import { DONE, Failure, TIMED_OUT } from '../shared/errors.ts'
import { limitConnections } from '../shared/limits/connections.ts'
import { Replication } from '../shared/replication.ts'
import { readerFailure } from '../shared/storage/failures.ts'
import { openReader } from '../shared/storage/open.ts'
import { loadPosition, savePosition } from '../shared/storage/position.ts'
import { createSwarm, joinSwarm } from '../shared/swarm.ts'
import { NAME, parseReader } from './command.ts'

const { options, status } = await startApp(NAME, parseReader, readerFailure)
const { seed, resume, follow, count, format } = options
if (!seed && !hasOutput()) await stop(DONE)

// the DHT is asked for its nodes while the copy is opened
const swarm = createSwarm(options.bootstrap ?? bootstrapNodes)
const core = await openReader(options.storage ?? dataFolder(NAME), options.key, fail)
const resumed = resume ? await loadPosition(core) : undefined
const first = seed ? core.contiguousLength : (resumed ?? options.start)

swarm.on('connection', (connection) => core.replicate(connection))
const drop = limitConnections(swarm, core, {
  ondrop: (reason) => status.info(`dropped a peer that ${reason}`),
  onerror: fail
})
const replication = new Replication(
  core,
  first === undefined ? { tail: options.tail } : { from: first },
  {
    onmisbehaviour: (peer, reason) => drop(peer, reason, { ban: true }),
    onsilent: (peer) => drop(peer, 'claims blocks and does not send them', { ban: false }),
    onpeerhops: (peer, hops) => peers.setHops(peer, hops),
    onerror: fail
  }
)
core.on('truncate', (length) => {
  status.info(
    `the writer rewound its log to block ${length}: what follows replaces what came after`
  )
})
const membership = joinSwarm(swarm, core.discoveryKey, {
  lan: options.lan,
  ondht: (answers) => peers.reportDht(answers),
  onlanfailure: (reason) => {
    status.info(`peers on the local network may not be found: ${reason}`)
  }
})
const peers = new PeerStatus(swarm, core, status, membership)
onStop(async () => {
  replication.follow.close()
  peers.close()
  await membership.leave()
  await replication.close()
  await core.close()
})
if (options.timeout !== undefined) expectPeer(core, options.timeout)

// what is earlier ends where the log ends now; where nobody can tell, what is on disk is earlier
const asked = first === undefined || !follow
const end = asked ? await replication.findEnd(membership.flushed, options) : null
if (end === null && first === undefined && follow && !isStopping()) {
  status.info('nobody can tell yet what is earlier: every block that is not here counts as new')
}
const position = first ?? Math.max(0, (end ?? core.length) - options.tail)
replication.startAt(position)
replication.follow.endAt(Math.min(follow ? Infinity : (end ?? core.length), position + count))

if (!seed && !isStopping()) {
  const notice = `Skipping ${position} earlier blocks...\n`
  if (format.as === 'text') await writeOutput(notice)
  else if (!options.quiet) {
    writeStatus(format.as === 'json' ? jsonLine('reader', 'skip', { blocks: position }) : notice)
  }
}

// the next --resume goes on from here, though nothing should come before it
if (resume && resumed === undefined && (end !== null || first !== undefined)) {
  await savePosition(core, position)
}

let told = !seed
for await (const { seq, blocks } of replication.follow.runs()) {
  const next = seq + blocks.length
  if (!seed) await writeOutput(formatBlocks(format, seq, blocks))
  if (resume) await savePosition(core, next)
  if (!told && core.peers.every(({ remoteLength }) => remoteLength <= next)) {
    told = true
    status.info(`holding every block so far (${next}), and every new one as it comes`)
  }
}

if (!isStopping()) {
  if (!follow && end === null) {
    throw new Failure(
      'no peer was found, so these are the blocks of the local copy alone: start the writer, or wait longer with --timeout',
      TIMED_OUT
    )
  }
  await stop(DONE)
}
