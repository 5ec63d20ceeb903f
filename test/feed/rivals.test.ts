import b4a from 'b4a'
import { test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { RivalCheck } from '../../shared/feed/rival-check.ts'
import type { Challenge, Rival } from '../../shared/feed/rival-messages.ts'
import { RivalRelay } from '../../shared/feed/rival-relay.ts'
import type { FoundRival, RivalPeer, RivalSearch } from '../../shared/feed/rivals.ts'
import { serveFeed } from '../../shared/feed/feed.ts'
import * as wire from '../../shared/feed/messages.ts'
import * as rivals from '../../shared/feed/rival-messages.ts'
import type { Address } from '../../shared/upstream/hyperdht.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

/** One end of a connection; what it is sent is heard at the other end. */
class End implements RivalPeer {
  hops: number
  readonly peer = {} as Peer
  readonly address: Address
  readonly heard: (Challenge | Rival)[] = []
  readonly #hearer: RivalSearch
  #other: End | null = null

  constructor(hearer: RivalSearch, host: string, hops: number) {
    this.#hearer = hearer
    this.address = { host, port: 1000 }
    this.hops = hops
  }

  static connect(one: End, other: End): void {
    one.#other = other
    other.#other = one
    one.#hearer.onopen(one)
    other.#hearer.onopen(other)
  }

  tell(other: End): void {
    this.#other = other
  }

  challenge(message: Challenge): void {
    const other = this.#other
    other?.heard.push(message)
    if (other) other.#hearer.onchallenge(other, message)
  }

  rival(message: Rival): void {
    const other = this.#other
    other?.heard.push(message)
    if (other) other.#hearer.onrival(other, message)
  }
}

const DEAF: RivalSearch = { onopen() {}, onchallenge() {}, onrival() {} }
const A = '10.0.0.1'
const B = '10.0.0.2'
const READER = '10.0.0.3'

test('two writers of one log find each other, and which has begun', async (t) => {
  const log = await createLog(t)
  const [one, other] = [checkOf(log), checkOf(log)]
  one.check.begin()
  End.connect(new End(one.check, B, 0), new End(other.check, A, 0))
  t.alike([one.found[0]?.address, one.found[0]?.begun], [`${B}:1000`, false])
  t.alike([other.found[0]?.address, other.found[0]?.begun], [`${A}:1000`, true])
})

test('through a reader of both they find each other, whoever came first', async (t) => {
  for (const first of [0, 1]) {
    const log = await createLog(t)
    const writers = [A, B].map((host) => ({ host, ...checkOf(log) }))
    if (first === 1) writers.reverse()
    const ends: End[] = []
    const relay = new RivalRelay(() => ends)
    for (const { host, check } of writers) {
      const atReader = new End(relay, host, 0)
      ends.push(atReader)
      End.connect(new End(check, READER, 1), atReader)
    }
    for (const { host, found } of writers) {
      t.alike(found[0]?.address, host === A ? `${B}:1000` : `${A}:1000`, 'by its own address')
    }
  }
})

test('a reader asks no other reader, and passes no answer to anybody else', (t) => {
  const ends: End[] = []
  const relay = new RivalRelay(() => ends)
  const [asker, reader, writer] = [silent(relay, 0), silent(relay, 1), silent(relay, 0)]
  ends.push(...[asker, reader, writer].map(({ near }) => near))
  relay.onchallenge(asker.near, { nonce: b4a.alloc(32, 1) })
  t.is(reader.far.heard.length, 0)
  t.is(writer.far.heard.length, 1)
  const answer = {
    nonce: b4a.alloc(32, 2),
    begun: true,
    signature: b4a.alloc(64),
    host: '',
    port: 0
  }
  relay.onrival(writer.near, answer)
  t.is(asker.far.heard.length, 0, 'of a challenge that was never made')
  relay.onrival(writer.near, { ...answer, nonce: b4a.alloc(32, 1) })
  t.is(asker.far.heard.length, 1)
})

test('without the secret key nothing that was ever signed passes for a rival', async (t) => {
  const log = await createLog(t, ['one'])
  const { check, found } = checkOf(log)
  const { near, far } = silent(check, 0)
  check.onopen(near)
  const { nonce } = far.heard[0] as Challenge

  End.connect(new End(checkOf(await createCopy(t, log)).check, A, 0), new End(check, B, 0))
  t.is(found.length, 0, 'a copy has no key')

  check.onchallenge(near, { nonce })
  t.absent(far.heard.some(isRival), 'it proves nothing over its own challenge')
  check.onchallenge(near, { nonce: b4a.alloc(32, 7) })
  const own = far.heard.find(isRival) as Rival
  for (const answer of [own, { ...own, nonce }, { ...own, nonce, signature: b4a.alloc(64) }]) {
    check.onrival(near, answer)
  }
  t.is(found.length, 0, 'an answer to another challenge is none to this')

  const ear = silent(checkOf(log).check, 0)
  ear.check.onchallenge(ear.near, { nonce })
  const proof = ear.far.heard.find(isRival) as Rival
  check.onrival(near, { ...proof, begun: true })
  t.is(found.length, 0, 'whether it has begun is signed too')
  check.onrival(near, { ...proof, host: '\u001b[2J', port: 5 })
  t.is(found[0]?.address, `${A}:1000`, 'what is no address is not shown')
})

test('a reader that passes on more than is answered is not cut off for it', async (t) => {
  const log = await createLog(t, ['one'])
  serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  const copy = await createCopy(t, log)
  let answers = 0
  const served = new Promise<string>((resolve) => {
    copy.on('peer-remove', () => resolve('cut off'))
    copy.on('peer-add', (peer) => {
      const channel = peer.protomux.createChannel({
        protocol: wire.PROTOCOL,
        id: copy.discoveryKey
      })
      if (channel === null) throw new Error('the channel is open already')
      channel.addMessage({ encoding: wire.status })
      const subscribe = channel.addMessage({ encoding: wire.subscribe })
      channel.addMessage({ encoding: wire.begin, onmessage: () => resolve('served') })
      for (const encoding of [wire.batch, wire.ack, wire.refuse]) channel.addMessage({ encoding })
      const challenge = channel.addMessage({ encoding: rivals.challenge })
      const rival = channel.addMessage({ encoding: rivals.rival, onmessage: () => answers++ })
      channel.open()
      for (let i = 0; i < 500; i++) {
        const nonce = b4a.alloc(32, 1)
        nonce.set([i % 256, i >> 8])
        challenge.send({ nonce })
        rival.send({ nonce, begun: true, signature: b4a.alloc(64), host: '', port: 0 })
      }
      const skip = { from: 0 }
      subscribe.send({ id: 1, fork: 0, length: 0, skip, manifest: true, tree: null, waited: 0 })
    })
  })
  connect(t, log, copy)
  t.is(await served, 'served')
  t.ok(answers > 0 && answers < 100, `and gets ${answers} answers`)
})

function checkOf(core: Hypercore): { check: RivalCheck; found: FoundRival[] } {
  const found: FoundRival[] = []
  return { check: new RivalCheck(core, (rival) => found.push(rival)), found }
}

/** A peer of `search` that says nothing by itself: what it is told is in `far.heard`. */
function silent<T extends RivalSearch>(search: T, hops: number): { check: T; near: End; far: End } {
  const [near, far] = [new End(search, A, hops), new End(DEAF, B, 0)]
  near.tell(far)
  return { check: search, near, far }
}

function isRival(message: Challenge | Rival): boolean {
  return 'signature' in message
}
