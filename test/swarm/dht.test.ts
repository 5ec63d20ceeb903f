import { test } from 'brittle'
import { createDht, watchDht } from '../../shared/swarm/dht.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'

test('a DHT that answered before it was watched is known to answer', async (t) => {
  const [host = '', port = ''] = bootstrap.split(/[:,]/)
  const dht = createDht([{ host, port: Number(port) }])
  t.teardown(() => dht.destroy(), { force: true })
  await dht.fullyBootstrapped()
  // nothing changes from here on
  await new Promise<void>((resolve) => setImmediate(resolve))
  const answers = await new Promise<boolean>((resolve) => {
    const status = watchDht(dht, (answers) => {
      status.close()
      resolve(answers)
    })
  })
  t.ok(answers)
})

closeTestnet()
