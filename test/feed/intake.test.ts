import b4a from 'b4a'
import { type Test, test } from 'brittle'
import { rememberLog } from '../../shared/feed/memory.ts'
import { Candidate } from '../../shared/feed/candidate.ts'
import type { Delivery } from '../../shared/feed/events.ts'
import { Intake } from '../../shared/feed/intake.ts'
import { signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { RETRY_MS } from '../../shared/feed/source-policy.ts'
import { Subscription } from '../../shared/feed/subscription.ts'
import { Verifier } from '../../shared/feed/verifier.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { FakePeer } from './fake-peer.ts'
import { proofOf } from './impostor.ts'

const NOW = 1_000_000

/** What a source that was tried in the place of another comes to when its first batch is `block`. */
async function probation(t: Test, block: string) {
  const log = await createLog(t, ['the block'])
  const core = await createCopy(t, log)
  const signed = await new SignedLengths(log).within(0, 1)
  const [source, fallback] = [0, 1].map((hops) => new Candidate(new FakePeer({ hops })))
  if (!source || !fallback || !signed) throw new Error('there are two, and a signature')
  source.failed(0)
  const request = {
    id: 1,
    length: 0,
    fork: 0,
    skip: { from: 0 },
    manifest: true,
    tree: null,
    waited: 0
  }
  const subscription = new Subscription(source, request, fallback, 0)
  const deliveries: Delivery[] = []
  const outcome = await new Promise<string>((resolve) => {
    const intake = new Intake(new Verifier(core, rememberLog(core)), () => NOW, {
      ondelivery: (delivery) => deliveries.push(delivery),
      onbegun: (end) => t.is(end, 1),
      onstored: (_, start, end) => resolve(`stored ${start} to ${end}`),
      onlogmoved: t.fail,
      onoffence: (peer, reason) => resolve(peer === source.channel ? reason : 'another peer'),
      onerror: t.fail
    })
    t.teardown(() => intake.close())
    intake.begin(subscription, {
      id: 1,
      start: 0,
      proof: proofOf(log.manifest),
      end: signedEnd(log),
      before: 1
    })
    const blocks = [b4a.from(block)]
    intake.batch(subscription, { id: 1, start: 0, signature: signed.signature, blocks })
  })
  return { outcome, source, fallback, subscription, deliveries }
}

test('a source that brings a block has passed, and the one before it has failed', async (t) => {
  const { outcome, source, fallback, subscription, deliveries } = await probation(t, 'the block')
  t.is(outcome, 'stored 0 to 1')
  t.is(deliveries.length, 1)
  t.is(subscription.progress.movedAt, NOW)
  t.is(subscription.progress.fallback, null)
  t.is(fallback.retryAt, NOW + RETRY_MS)
  source.failed(NOW)
  t.is(source.retryAt, NOW + RETRY_MS, 'it was forgiven what was before')
})

test('a source that brings a forged block has not', async (t) => {
  const { outcome, fallback, subscription } = await probation(t, 'another block')
  t.ok(/did not sign/.test(outcome))
  t.is(subscription.progress.fallback, fallback)
  t.is(fallback.retryAt, 0)
})
