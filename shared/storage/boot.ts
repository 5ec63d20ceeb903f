import fs from 'bare-fs'
import os from 'bare-os'

/**
 * Tells this start of the machine from every other one. Where the system does not number them, the
 * minute in which it started does; a wrong clock makes one start look like two, never two like one.
 */
export function bootId(): string {
  if (os.platform() === 'linux') {
    return String(fs.readFileSync('/proc/sys/kernel/random/boot_id')).trim()
  }
  return String(Math.round((Date.now() / 1000 - os.uptime()) / 60))
}
