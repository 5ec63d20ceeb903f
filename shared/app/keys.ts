import id from 'hypercore-id-encoding'
import type { Command } from 'paparam'
import { type Access, parseReadKey } from '../storage/read-key.ts'
import { textFlag, usage } from './flags.ts'

/** What the writer prints before a key. */
const LABEL = /^\s*(hypercore|read) key:/

/** What the key in `argument` stands for. Throws a usage error where it is none. */
export function parseAccess(definition: Command, argument: string): Access {
  const text = argument.replace(LABEL, '').trim()
  try {
    return parseReadKey(text) ?? { key: id.decode(text), encryption: null }
  } catch {
    throw usage(
      definition,
      `'${text}' is not a key: a key is the 64 hex digits that the writer prints, or the same in z-base-32 or as a pear:// link, or its read key of 103 digits`
    )
  }
}

/** The log that the flag `name` means, where it was given. Throws a usage error. */
export function keyFlag(definition: Command, name: string): Uint8Array | undefined {
  const value = textFlag(definition, name)
  return value === undefined ? undefined : parseAccess(definition, value).key
}

/** `argv` without the label of a key: the whole line that the writer has printed, without quotes. */
export function withoutLabel(argv: string[]): string[] {
  const label = argv.indexOf('key:')
  const pasted = label > 0 && ['hypercore', 'read'].includes(argv[label - 1] ?? '')
  return pasted ? argv.toSpliced(label - 1, 2) : argv
}
