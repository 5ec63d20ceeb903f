import b4a from 'b4a'
import { test } from 'brittle'
import c from 'compact-encoding'
import { type Proof, proofEncoding } from '../../shared/upstream/hypercore-proof.ts'
import { installed } from './installed.ts'

const hash = b4a.alloc(32, 7)

const PROOF: Proof = {
  fork: 3,
  block: null,
  hash: null,
  seek: null,
  upgrade: {
    start: 5,
    length: 1000,
    nodes: [{ index: 9, size: 70_000, hash }],
    additionalNodes: [{ index: 11, size: 2, hash }],
    signature: b4a.alloc(67, 9)
  },
  manifest: null
}

test(`${installed('hypercore')}: messages.wire.data encodes a proof as it always did`, (t) => {
  const encoded = c.encode(proofEncoding, PROOF)
  const seven = '07'.repeat(32)
  t.is(
    b4a.toString(encoded, 'hex'),
    `08000305fde8030109fe70110100${seven}010b02${seven}43${'09'.repeat(67)}`
  )
  const { upgrade, fork } = c.decode(proofEncoding, encoded)
  t.alike(upgrade, PROOF.upgrade)
  t.is(fork, PROOF.fork)
})
