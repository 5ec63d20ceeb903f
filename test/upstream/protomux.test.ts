import b4a from 'b4a'
import { type Test, test } from 'brittle'
import c from 'compact-encoding'
import type Protomux from 'protomux'
import type { Channel, Message } from 'protomux'
import { connectionOf, muxOf } from '../../shared/upstream/hypercore-peer.ts'
import { MUX_MEMBERS, containFaults, idleMux, isOpen } from '../../shared/upstream/protomux.ts'
import { hasMembers, installed } from './installed.ts'
import { createPair } from './pair.ts'

const TOPIC = { protocol: 'test', id: b4a.alloc(32, 1) }

/** Both ends of a connection; what a message makes a handler of `ours` throw is contained. */
interface Ends {
  ours: Protomux
  theirs: Protomux
  /** Resolves to the first fault that was contained, once the connection has ended. */
  fault: Promise<unknown>
}

test(`${installed('protomux')}: _safeDestroy, _safeDestroyBound and _warn are there`, async (t) => {
  const { ours } = await createEnds(t)
  hasMembers(t, 'protomux', ours, MUX_MEMBERS)
  hasMembers(t, 'protomux', idleMux(), MUX_MEMBERS)
})

test(`${installed('protomux')}: _safeDestroy takes what a handler throws`, async (t) => {
  const { ours, theirs, fault } = await createEnds(t)
  open(ours, { onmessage: slip })
  open(theirs).message.send('hello')
  t.ok((await fault) instanceof TypeError, 'the connection has ended, and not the process')
})

test(`${installed('protomux')}: _safeDestroy takes what a handler rejects with`, async (t) => {
  const { ours, theirs, fault } = await createEnds(t)
  open(ours, { onmessage: () => Promise.resolve().then(slip) })
  open(theirs).message.send('hello')
  t.ok((await fault) instanceof TypeError, 'the connection has ended, and not the process')
})

test(`${installed('protomux')}: _safeDestroyBound takes what onopen throws`, async (t) => {
  const { ours, theirs, fault } = await createEnds(t)
  ours.pair(TOPIC, () => void open(ours, { onopen: slip }))
  open(theirs)
  t.ok((await fault) instanceof TypeError, 'the connection has ended, and not the process')
})

test(`${installed('protomux')}: _safeDestroyBound takes what pairing rejects with`, async (t) => {
  const { ours, theirs, fault } = await createEnds(t)
  ours.pair(TOPIC, slip)
  open(theirs)
  t.ok((await fault) instanceof TypeError, 'the connection has ended, and not the process')
})

test(`${installed('protomux')}: _warn takes what a handler rejects with too late`, async (t) => {
  const { ours, theirs } = await createEnds(t)
  const mux = ours as Protomux & { _warn: (err: Error) => void }
  const { _warn: warn } = mux
  const warned: Error[] = []
  mux._warn = (err) => {
    warned.push(err)
    warn(err)
  }
  let reject: (err: Error) => void = () => {}
  await new Promise<void>((begin) => {
    const { channel } = open(ours, {
      onmessage() {
        channel.close()
        begin()
        return new Promise((_, fail) => {
          reject = fail
        })
      }
    })
    open(theirs).message.send('hello')
  })
  reject(new TypeError('a slip'))
  // what is uncaught by now has ended the process
  await new Promise<void>((resolve) => setImmediate(resolve))
  t.is(warned.length, 1, 'the process goes on')
})

test(`${installed('protomux')}: opened tells that both sides have opened a channel`, async (t) => {
  const { ours, theirs } = await createEnds(t)
  let onopen: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    onopen = () => setImmediate(resolve)
  })
  const { channel } = open(ours, { onopen: () => onopen() })
  t.absent(isOpen(channel), 'not yet')
  open(theirs)
  await opened
  t.ok(isOpen(channel))
})

async function createEnds(t: Test): Promise<Ends> {
  const { reader, source } = await createPair(t, [])
  const ours = muxOf(reader)
  const ended = new Promise<void>((resolve) => connectionOf(reader).once('close', resolve))
  const fault = new Promise<unknown>((resolve) => containFaults(ours, resolve))
  return { ours, theirs: muxOf(source), fault: ended.then(() => fault) }
}

/** Opens a channel with one message on `mux`. */
function open(
  mux: Protomux,
  { onopen = () => {}, onmessage = () => {} }: { onopen?(): void; onmessage?(): unknown } = {}
): { channel: Channel; message: Message<string> } {
  const channel = mux.createChannel({ ...TOPIC, onopen })
  if (channel === null) throw new Error('the channel is open already')
  const message = channel.addMessage({ encoding: c.string, onmessage })
  channel.open()
  return { channel, message }
}

function slip(): never {
  throw new TypeError('a slip')
}
