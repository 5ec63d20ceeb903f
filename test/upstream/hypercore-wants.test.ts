import b4a from 'b4a'
import { test } from 'brittle'
import { interceptKind } from '../../shared/upstream/hypercore-messages.ts'
import { WANT_MEMBERS, wantOnce } from '../../shared/upstream/hypercore-wants.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'

/** Without an end there are as many answers as the machine can deal with, and nothing else. */
const MANY = 50

test(`${installed('hypercore')}: a peer on a later fork is asked once for blocks that it does not hold`, async (t) => {
  const log = await createLog(t, numbered(600))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(300)
  await log.append(numbered(600, 300).map((line) => b4a.from(`${line} again`)))
  const end = await createCopy(t, log)
  await replicate(log, end, log.length - 2)

  wantOnce(copy)
  let answers = 0
  let onanswer: () => void = () => {}
  const answered = new Promise<void>((resolve) => (onanswer = resolve))
  copy.once('peer-add', (peer) => {
    hasMembers(t, 'hypercore', peer, WANT_MEMBERS)
    interceptKind(peer, 'bitfield', (message, handle) => {
      onanswer()
      return ++answers < MANY ? handle(message) : null
    })
  })
  const rewound = new Promise<void>((resolve) => copy.once('truncate', () => resolve()))
  connect(t, end, copy)
  await answered
  connect(t, log, copy)
  await rewound
  t.is(answers, 1)
})
