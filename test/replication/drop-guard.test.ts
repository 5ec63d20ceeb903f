import { test } from 'brittle'
import { dropGuard } from '../../reader-app/drop-guard.ts'

test('what is needed is not dropped, and a person is told once it is not about to be printed', (t) => {
  let [time, needed] = [0, true]
  const told: string[] = []
  const mayDrop = dropGuard(
    () => needed,
    (text) => told.push(text),
    () => time
  )
  t.absent(mayDrop(5, 9))
  t.is(told.length, 0)
  for (time = 9000; time < 30_000; time += 3000) t.absent(mayDrop(5, 9))
  t.is(told.length, 1)
  t.ok(/no peer can tell any more which of its blocks stand/.test(told[0] ?? ''))
  needed = false
  t.ok(mayDrop(5, 9))
})
