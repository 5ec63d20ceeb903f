import { test } from 'brittle'
import { BoundedMap } from '../../shared/limits/bounded-map.ts'

test('the entry that was set the longest ago makes room', (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('one', 1).set('two', 2).set('one', 10).set('three', 3)
  t.alike(
    [...map],
    [
      ['one', 10],
      ['three', 3]
    ]
  )
})
