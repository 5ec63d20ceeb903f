import b4a from 'b4a'
import { type Test, test } from 'brittle'
import Hypercore, { type Manifest } from 'hypercore'
import { serveFeed } from '../../shared/feed/feed.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { MAX_BLOCKS, MAX_BYTES, WINDOW_BATCHES } from '../../shared/feed/messages.ts'
import type { Upgrade } from '../../shared/upstream/hypercore-proof.ts'
import { closeTestnet, startReader } from '../helpers/app.ts'
import { printed } from '../helpers/blocks.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'
import { type Answer, impersonate, proofOf } from './impostor.ts'
import { numbered } from '../helpers/numbered.ts'
import { announce } from '../helpers/swarm.ts'

const COUNT = 40
const LINES = numbered(COUNT)
const BLOCKS = LINES.map((line) => b4a.from(line))

/** The writer's own log, and its signature at every length. */
interface Truth {
  manifest: Manifest | null
  signatures: Uint8Array[]
  end: Upgrade | null
}

/** What an impostor does, and how the reader words it. */
const OFFENCES: Record<string, { reason: RegExp; answer(truth: Truth): Answer }> = {
  'changes a block': {
    reason: /did not sign/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const blocks = [b4a.from('forged'), ...BLOCKS.slice(1)]
      voice.batch.send({ id, start: 0, signature: signatureAt(truth, COUNT), blocks })
    }
  },
  'signs with a few bytes of nothing': {
    reason: /did not sign/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      voice.batch.send({ id, start: 0, signature: b4a.from([9, 9, 9]), blocks: BLOCKS })
    }
  },
  'passes on a word on what is kept that the writer did not say': {
    reason: /did not say/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const kept = { fork: 0, first: COUNT, signature: signatureAt(truth, COUNT).subarray(0, 64) }
      voice.status.send({ hops: 0, kept })
    }
  },
  'does not sign at all': {
    reason: /did not sign/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      voice.batch.send({ id, start: 0, signature: b4a.alloc(0), blocks: BLOCKS })
    }
  },
  'leaves blocks out': {
    reason: /does not begin where/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const signature = signatureAt(truth, COUNT)
      voice.batch.send({ id, start: 5, signature, blocks: BLOCKS.slice(5) })
    }
  },
  'sends a batch before it has begun': {
    reason: /does not begin where/,
    answer: (truth) => (voice, id) => {
      voice.batch.send({ id, start: 0, signature: signatureAt(truth, COUNT), blocks: BLOCKS })
    }
  },
  'begins where it cannot prove the log to be': {
    reason: /proof/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 7, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
    }
  },
  'begins twice': {
    reason: /began twice/,
    answer: (truth) => (voice, id) => {
      const proof = proofOf(truth.manifest)
      voice.begin.send({ id, start: 0, proof, end: truth.end, before: 0 })
      voice.begin.send({ id, start: 0, proof, end: truth.end, before: 0 })
    }
  },
  'begins with a proof that is none': {
    reason: /did not sign/,
    answer: (truth) => (voice, id) => {
      const signature = signatureAt(truth, COUNT)
      const node = { index: 31, size: 9, hash: b4a.alloc(32, 7) }
      const upgrade = { start: 0, length: COUNT, nodes: [node], additionalNodes: [], signature }
      const proof = { ...proofOf(truth.manifest), upgrade }
      voice.begin.send({ id, start: COUNT, proof, end: truth.end, before: 0 })
    }
  },
  'begins with a proof that is signed with nothing': {
    reason: /did not sign/,
    answer: (truth) => (voice, id) => {
      const nodes = [
        { index: 31, size: 9, hash: b4a.alloc(32, 7) },
        { index: 71, size: 9, hash: b4a.alloc(32, 7) }
      ]
      const signature = b4a.from([9, 9, 9])
      const upgrade = { start: 0, length: COUNT, nodes, additionalNodes: [], signature }
      const proof = { ...proofOf(truth.manifest), upgrade }
      voice.begin.send({ id, start: COUNT, proof, end: truth.end, before: 0 })
    }
  },
  'begins with a proof of no blocks at all': {
    reason: /without a proof/,
    answer: (truth) => (voice, id) => {
      const signature = signatureAt(truth, COUNT)
      const upgrade = { start: 0, length: 0, nodes: [], additionalNodes: [], signature }
      const proof = { ...proofOf(truth.manifest), upgrade }
      voice.begin.send({ id, start: COUNT, proof, end: truth.end, before: 0 })
    }
  },
  'claims more blocks than the writer has signed': {
    reason: /claims 41 blocks that the writer did not sign/,
    answer: (truth) => (voice, id) => {
      const end = truth.end && { ...truth.end, length: COUNT + 1 }
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end, before: 0 })
    }
  },
  'names another writer': {
    reason: /manifest/i,
    answer: (truth) => (voice, id) => {
      const publicKey = b4a.alloc(32, 7)
      const signers = (truth.manifest?.signers ?? []).map((signer) => ({ ...signer, publicKey }))
      const manifest = truth.manifest && { ...truth.manifest, signers }
      voice.begin.send({ id, start: 0, proof: proofOf(manifest), end: truth.end, before: 0 })
    }
  },
  'sends too many blocks at once': {
    reason: /a batch of 1025 blocks/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const blocks = Array<Uint8Array>(MAX_BLOCKS + 1).fill(b4a.from('x'))
      voice.batch.send({ id, start: 0, signature: signatureAt(truth, COUNT), blocks })
    }
  },
  'sends too many bytes at once': {
    reason: /a batch of \d+ bytes/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const blocks = [b4a.alloc(MAX_BYTES), b4a.from('x'), b4a.alloc(100)]
      voice.batch.send({ id, start: 0, signature: signatureAt(truth, COUNT), blocks })
    }
  },
  'sends a block over the limit': {
    reason: /maximum suggested block size/,
    answer: (truth) => (voice, id) => {
      voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
      const blocks = [b4a.alloc(Hypercore.MAX_SUGGESTED_BLOCK_SIZE + 1)]
      voice.batch.send({ id, start: 0, signature: signatureAt(truth, 1), blocks })
    }
  },
  'sends more than is acknowledged': {
    reason: /ahead of our acknowledgements/,
    answer: (truth) => (voice, id) => {
      voice.atOnce(() => {
        voice.begin.send({
          id,
          start: 0,
          proof: proofOf(truth.manifest),
          end: truth.end,
          before: 0
        })
        for (let seq = 0; seq <= WINDOW_BATCHES; seq++) {
          const blocks = BLOCKS.slice(seq, seq + 1)
          voice.batch.send({ id, start: seq, signature: signatureAt(truth, seq + 1), blocks })
        }
      })
    }
  }
}

for (const [name, { reason, answer }] of Object.entries(OFFENCES)) {
  test(`a source that ${name} is dropped, and another gives the log`, async (t) => {
    const { log, copy, host } = await meet(t, answer)
    const dropped = await copy.dropped()
    t.ok(reason.test(dropped), dropped)
    t.alike(copy.lines, [], 'nothing of it is taken')

    await host.connect(await serve(t, log))
    await copy.until(COUNT)
    t.alike(copy.lines, LINES)
  })
}

for (const [name, answer] of Object.entries({
  'says nothing': () => () => {},
  'begins and says no more': (truth) => (voice, id) => {
    voice.begin.send({ id, start: 0, proof: proofOf(truth.manifest), end: truth.end, before: 0 })
  }
} satisfies Record<string, (truth: Truth) => Answer>)) {
  test(`a source that ${name} is left for another`, async (t) => {
    const { log, copy, host, subscribed } = await meet(t, answer)
    await subscribed
    await host.connect(await serve(t, log))
    await copy.until(COUNT)
    t.alike(copy.lines, LINES)
  })
}

test('a reader says why it drops a source, and prints nothing of it', async (t) => {
  const { reason, answer } = OFFENCES['changes a block'] ?? {}
  if (!reason || !answer) throw new Error('there is no such offence')
  const log = await createLog(t, LINES)
  const forged = await createCopy(t, log)
  void impersonate(forged, answer(await truthOf(log)))
  await announce(t, forged)

  const key = b4a.toString(log.key, 'hex')
  const reader = await startReader(t, key, ['--start', '0', '-n', String(COUNT)])
  const dropped = await reader.stderr.line(/dropped a peer that/)
  t.ok(reason.test(dropped), dropped)
  t.absent(/^Block/m.test(reader.stdout.text))

  serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  await announce(t, log)
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines.slice(1), printed(LINES))
})

/** A log, and a copy of it whose reader has met an impostor with this answer, and nobody else. */
async function meet(t: Test, answer: (truth: Truth) => Answer) {
  const log = await createLog(t, LINES)
  const forged = await createCopy(t, log)
  const subscribed = impersonate(forged, answer(await truthOf(log)))
  const copy = await Copy.open(t, log.key)
  const host = await Host.start(t, copy.core)
  await host.connect(await Host.start(t, forged))
  return { log, copy, host, subscribed }
}

async function truthOf(log: Hypercore): Promise<Truth> {
  const all = new SignedLengths(log)
  const signatures: Uint8Array[] = []
  for (let length = 1; length <= log.length; length++) {
    signatures.push((await all.within(0, length))?.signature ?? b4a.alloc(0))
  }
  return { manifest: log.manifest, signatures, end: signedEnd(log) }
}

function signatureAt({ signatures }: Truth, length: number): Uint8Array {
  return signatures[length - 1] ?? b4a.alloc(0)
}

closeTestnet()
