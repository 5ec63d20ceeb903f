import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { placeOf } from '../../shared/app/peer-place.ts'
import type { Audience, Status } from '../../shared/app/status.ts'
import { PeerStatus } from '../../shared/app/peer-status.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

const HOST = '203.0.113.7'
const AT = `at ${HOST}, through the DHT`
const LOOKING = 'still looking in the DHT'

test('a reader that is alone for 30 s is asked whether the key is right, once', async (t) => {
  const { lines, pass } = await Scene.create(t)
  pass(29_999)
  t.alike(lines, [`no peer yet, ${LOOKING}`])
  pass(1)
  t.is(lines.at(-1), 'no peer in 30 s: is the key right, and is the writer running?')
  pass(3_600_000)
  t.is(lines.length, 2)
})

test('a writer that is alone for 30 s is asked for a reader, once', async (t) => {
  const { lines, pass } = await Scene.create(t, { writable: true })
  pass(3_600_000)
  t.alike(lines, [
    `no peer yet, ${LOOKING}`,
    'no peer in 30 s: is a reader running, and does it have this key?'
  ])
})

test('who has met a peer is asked nothing', async (t) => {
  const scene = await Scene.create(t)
  scene.pass(2000)
  scene.add(1).hops(0)
  scene.pass(3_600_000)
  t.alike(scene.lines, [`connected to the writer ${AT} (1 peer)`])
})

test('a writer that is killed and started again is not lost', async (t) => {
  const scene = await Scene.create(t)
  const first = scene.add(1)
  first.hops(0)
  const second = scene.add(2)
  second.hops(0)
  scene.pass(20_000)
  // its connection has timed out by then
  first.remove()
  scene.pass(3_600_000)
  t.alike(scene.lines, [
    `connected to the writer ${AT} (1 peer)`,
    `found the writer again ${AT} (1 peer)`
  ])
})

test('a writer is not lost while one that was started again is about to say so', async (t) => {
  const scene = await Scene.create(t)
  const first = scene.add(1)
  first.hops(0)
  const second = scene.add(2)
  first.remove()
  scene.pass(100)
  second.hops(0)
  scene.pass(3_600_000)
  t.alike(scene.lines.slice(1), [`found the writer again ${AT} (1 peer)`])
})

test('a writer that is gone is lost, and found once it is back', async (t) => {
  const scene = await Scene.create(t)
  const first = scene.add(1)
  first.hops(0)
  const reader = scene.add(3)
  reader.hops(NO_PATH)
  first.remove()
  scene.pass(500)
  scene.add(2).hops(0)
  t.alike(scene.lines.slice(2), [
    `lost the writer (1 peer), ${LOOKING}`,
    `found the writer again ${AT} (2 peers)`
  ])
})

test('two writers that are both there are two peers', async (t) => {
  const scene = await Scene.create(t)
  const [first, second] = [scene.add(1), scene.add(2)]
  first.hops(0)
  second.hops(0)
  first.receives(1000)
  scene.add(3).hops(NO_PATH)
  t.is(scene.lines.at(-1), `connected to a reader ${AT} (3 peers)`)
})

test('a reader that was started again at its address is one peer', async (t) => {
  const scene = await Scene.create(t, { writable: true })
  const first = scene.add(1, { port: 5000 })
  scene.add(2, { port: 5000 })
  scene.add(3, { port: 6000 })
  first.remove()
  scene.pass(3_600_000)
  t.alike(scene.lines, [
    `connected to a reader ${AT} (1 peer)`,
    `connected to a reader ${AT} (1 peer)`,
    `connected to a reader ${AT} (2 peers)`
  ])
})

test('a peer whose connection is dead does not count', async (t) => {
  const scene = await Scene.create(t, { writable: true })
  scene.add(1).dies()
  scene.add(2)
  t.is(scene.lines.at(-1), `connected to a reader ${AT} (1 peer)`)
})

test('a peer that goes on with another connection is no news', async (t) => {
  const scene = await Scene.create(t, { writable: true })
  scene.add(1, { port: 5000 }).remove()
  const again = scene.add(1, { port: 5000 })
  scene.pass(3_600_000)
  t.alike(scene.lines, [`connected to a reader ${AT} (1 peer)`])
  again.remove()
  scene.pass(500)
  t.is(scene.lines.at(-1), `lost a reader (no peers), ${LOOKING}`)
})

test('a peer that comes back later, or from elsewhere, is found again', async (t) => {
  const scene = await Scene.create(t, { writable: true })
  scene.add(1, { port: 5000 }).remove()
  scene.add(1, { port: 6000 }).remove()
  scene.pass(500)
  scene.add(1, { port: 6000 })
  t.alike(scene.lines, [
    `connected to a reader ${AT} (1 peer)`,
    `found a reader again ${AT} (1 peer)`,
    `lost a reader (no peers), ${LOOKING}`,
    `found a reader again ${AT} (1 peer)`
  ])
})

test('a peer that does not say how far it is from the writer is a peer', async (t) => {
  const scene = await Scene.create(t)
  scene.add(1)
  scene.pass(2499)
  t.alike(scene.lines, [])
  scene.pass(1)
  t.alike(scene.lines, [`connected to a peer ${AT} (1 peer)`])
})

test('once a peer is there, only a writer and the last peer matter to a person', async (t) => {
  const scene = await Scene.create(t)
  const reader = scene.add(1)
  reader.hops(2)
  const writer = scene.add(2)
  writer.hops(0)
  const third = scene.add(3)
  third.hops(1)
  for (const peer of [third, writer, reader]) {
    peer.remove()
    scene.pass(500)
  }
  t.alike(
    scene.told.map(({ tag, data, only }) => ({ tag, data, only })),
    [
      { tag: 'peer', data: peerData('reader', 1), only: undefined },
      { tag: 'peer', data: peerData('writer', 2), only: undefined },
      { tag: 'peer', data: peerData('reader', 3), only: 'verbose' },
      { tag: 'lost', data: { role: 'reader', peers: 2 }, only: 'verbose' },
      { tag: 'lost', data: { role: 'writer', peers: 1 }, only: undefined },
      { tag: 'lost', data: { role: 'reader', peers: 0 }, only: undefined }
    ]
  )
})

function peerData(role: string, peers: number): object {
  return { role, host: HOST, place: 'through the DHT', peers, again: false }
}

test('of the DHT only those are told who have no peer', async (t) => {
  const scene = await Scene.create(t)
  scene.status.reportDht(false)
  t.alike(scene.lines.splice(0), ['the DHT does not answer, looking nowhere else (--no-lan)'])
  const peer = scene.add(1)
  peer.hops(0)
  scene.status.reportDht(true)
  scene.status.reportDht(false)
  t.alike(scene.lines, [`connected to the writer ${AT} (1 peer)`])
  peer.remove()
  scene.status.reportDht(true)
  t.is(scene.lines.at(-1), 'the DHT answers')
})

test('nothing is said of a DHT that is left out', async (t) => {
  const { lines, pass } = await Scene.create(t, { dht: null })
  pass(3000)
  t.alike(lines, ['no peer yet, still looking nowhere (--bootstrap none, --no-lan)'])
})

test('a place is told by the address alone', (t) => {
  t.is(placeOf('127.0.0.1'), 'on this machine')
  t.is(placeOf('203.0.113.7'), 'through the DHT')
})

interface SceneOptions {
  writable?: boolean
  dht?: null
}

/** What a person is told while peers come and go, by a clock that the test moves. */
class Scene {
  readonly lines: string[] = []
  readonly told: { tag: string; data: object; only: Audience | undefined }[] = []
  readonly status: PeerStatus
  readonly #core: Hypercore
  #now = 0
  #plans: { at: number; then: () => void }[] = []

  private constructor(core: Hypercore, { dht }: SceneOptions) {
    this.#core = core
    const status: Status = {
      info: (text) => this.lines.push(text),
      tell: (tag, text, data, only) => {
        this.lines.push(text)
        this.told.push({ tag, data, only })
      },
      error() {},
      draw() {}
    }
    const online = { online: true, close() {} }
    const search = { dht: dht === null ? null : online, lan: false }
    this.status = new PeerStatus(core, status, search, (ms, then) => {
      const plan = { at: this.#now + ms, then }
      this.#plans.push(plan)
      return () => {
        this.#plans = this.#plans.filter((other) => other !== plan)
      }
    })
  }

  static async create(t: Test, options: SceneOptions = {}): Promise<Scene> {
    const log = await createLog(t)
    return new Scene(options.writable ? log : await createCopy(t, log), options)
  }

  /** Lets `ms` milliseconds pass. */
  readonly pass = (ms: number): void => {
    const end = this.#now + ms
    for (;;) {
      const [next] = this.#plans.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#now = next.at
      this.#plans = this.#plans.filter((plan) => plan !== next)
      next.then()
    }
    this.#now = end
  }

  /** Connects the peer whose swarm has the key `id`. */
  add(id: number, { port = id } = {}) {
    const rawStream = {
      remoteHost: HOST,
      remotePort: port,
      rtoCount: 0,
      bytesReceived: 0,
      packetsReceived: 0
    }
    const peer = { stream: { remotePublicKey: b4a.alloc(32, id), rawStream } } as object as Peer
    this.#core.emit('peer-add', peer)
    return {
      /** Says that it is so many connections away from the writer. */
      hops: (hops: number) => this.status.setHops(peer, hops),
      receives: (bytes: number) => {
        rawStream.bytesReceived += bytes
      },
      /** Takes no packet any more. */
      dies: () => {
        rawStream.rtoCount = 2
      },
      remove: () => this.#core.emit('peer-remove', peer)
    }
  }
}
