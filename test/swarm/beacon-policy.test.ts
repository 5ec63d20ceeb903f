import { test } from 'brittle'
import { beacons, isAnswered } from '../../shared/swarm/beacon-policy.ts'

test('beacons become fewer as the crowd grows, but not those of a peer that lacks others', (t) => {
  t.alike(beacons(31, false, 0.5), { send: 1, answer: 1, answerMs: 200 })
  t.alike(beacons(32, false, 0.5), { send: 0.5, answer: 1, answerMs: 500 })
  t.alike(beacons(512, false, 0), { send: 1 / 32, answer: 1 / 16, answerMs: 0 })
  t.alike(beacons(512, true, 0.9), { send: 1, answer: 1 / 16, answerMs: 900 })
})

test('a new peer is not answered where sixteen beacons of a crowd came meanwhile', (t) => {
  t.absent(isAnswered(31, 1000), 'there is no crowd')
  t.absent(isAnswered(32, 15))
  t.ok(isAnswered(32, 16))
})
