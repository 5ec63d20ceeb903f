import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { createServer } from 'bare-tcp'
import type { Live } from './live.ts'
import { bare } from './network.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

const TOPIC = 'lines'

/** A message broker on loopback between a program that takes lines and one that prints them. */
export interface Broker {
  name: string
  /** What has to be installed. */
  needs: string[]
  start(scope: Scope): Promise<Live>
}

/** mosquitto with its own clients: each line is delivered at least once. */
const mosquitto: Broker = {
  name: 'mosquitto, QoS 1',
  needs: ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'],
  async start(scope) {
    const port = await freePort()
    const folder = scope.folder()
    const config = path.join(folder, 'mosquitto.conf')
    fs.writeFileSync(config, mosquittoConfig(port, folder))
    const server = new Program(scope, 'mosquitto', ['mosquitto', '-c', config])
    await server.said('running')
    const client = ['-h', '127.0.0.1', '-p', String(port), '-t', TOPIC, '-q', '1']
    const to = new Program(scope, 'mosquitto_sub', ['mosquitto_sub', ...client, '-i', 'reader'])
    await server.said(`reader 1 ${TOPIC}`)
    const from = new Program(scope, 'mosquitto_pub', ['mosquitto_pub', ...client, '-l'])
    return { from, to }
  }
}

// a bound on what waits for a subscriber would drop lines; root would lose the right to its folder
function mosquittoConfig(port: number, folder: string): string {
  const settings = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'user root',
    'persistence true',
    `persistence_location ${folder}/`,
    'max_queued_messages 0',
    'log_dest stderr',
    'log_type information',
    'log_type subscribe'
  ]
  return settings.join('\n') + '\n'
}

/** A redis stream in an append-only file that is synced before an answer, as ours is, or each second. */
const redis = (appendfsync: 'always' | 'everysec', synced: string): Broker => ({
  name: `redis stream, synced ${synced}`,
  needs: ['redis-server'],
  async start(scope) {
    const port = String(await freePort())
    const file = { dir: scope.folder(), appendonly: 'yes', appendfsync, save: '' }
    const options = { bind: '127.0.0.1', port, ...file }
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const server = new Program(scope, 'redis-server', ['redis-server', ...flags], { text: true })
    await server.line(/Ready to accept connections/)
    const to = new Program(scope, 'redis reader', bare('bench/baselines/redis.ts', 'read', port))
    await to.said('connected')
    const from = new Program(scope, 'redis writer', bare('bench/baselines/redis.ts', 'write', port))
    return { from, to }
  }
})

/** Those with our promise first: what is acknowledged is synced. */
export const brokers = [
  redis('always', 'before each answer'),
  redis('everysec', 'each second'),
  mosquitto
]

/** What is missing on this machine to start `broker`. */
export function missingFor({ needs }: Broker): string[] {
  const folders = (os.getEnv('PATH') ?? '').split(path.delimiter)
  return needs.filter((tool) => !folders.some((folder) => fs.existsSync(path.join(folder, tool))))
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const port = server.address()?.port ?? 0
      server.close(() => resolve(port))
    })
  })
}
