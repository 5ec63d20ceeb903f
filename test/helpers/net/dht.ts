// Runs a DHT on the loopback of its host, and prints its nodes as --bootstrap takes them.
import createTestnet from 'hyperdht/testnet'

const { bootstrap } = await createTestnet(10)
console.log(bootstrap.map(({ host, port }) => `${host}:${port}`).join(','))
