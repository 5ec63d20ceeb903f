/** A line of JSON: `{"cmd":…,"tag":…,"data":{…}}`, where `cmd` is `writer` or `reader`. */
interface Event {
  /** Whose it is; both apps' where it does not say. */
  of?: 'writer' | 'reader'
  about: string
  /** What `data` has, and what each is. Of two whose names are joined by `|` it has one. */
  fields: Record<string, string>
}

/** What an app prints on stdout with --json. */
export const OUTPUT_EVENTS = {
  key: {
    of: 'writer',
    about: 'the log is on the disk, and may be read',
    fields: { key: 'the hypercore key, in hex', read: 'the read key; of a private log alone' }
  },
  append: {
    of: 'writer',
    about: 'every line before it survives the end of the process and a power cut',
    fields: { length: 'how many blocks the log has' }
  },
  block: {
    of: 'reader',
    about: 'a block',
    fields: {
      seq: 'its number',
      'value|base64': 'what it holds: text, or in base64 what is not UTF-8',
      time: 'when it came to this run of the reader, from a peer or its own copy (RFC 3339, UTC)'
    }
  },
  log: {
    about: 'with --list, a log on this machine',
    fields: {
      key: 'the hypercore key, in hex; null where the store cannot be read',
      blocks: 'how many blocks the log is known to have',
      bytes: 'what it takes on the disk',
      used: 'when it was last opened or written to (RFC 3339, UTC)',
      running: 'whether a process has it open',
      folder: 'where it is'
    }
  }
} as const satisfies Record<string, Event>

/** What an app prints on stderr with --json. `data` also has `message`, what a person would be told. */
export const STATUS_EVENTS = {
  peer: {
    about: 'a peer is connected',
    fields: {
      role: 'writer, reader, or peer where it does not say',
      host: 'its address',
      place: 'where that is',
      peers: 'how many there are now',
      again: 'whether it was there before'
    }
  },
  lost: {
    about: 'a peer is gone',
    fields: { role: 'what it was', peers: 'how many are left' }
  },
  waiting: {
    about: 'nothing goes on until something comes',
    fields: { for: 'peer, writer, reader, or block' }
  },
  skip: {
    of: 'reader',
    about: 'where printing begins',
    fields: { blocks: 'how many come before' }
  },
  gone: {
    of: 'reader',
    about: 'blocks that nobody keeps any more are left out',
    fields: { start: 'the number of the first', end: 'the number of the block that comes next' }
  },
  rewind: {
    of: 'reader',
    about: 'the writer rewound its log: what follows replaces what was printed from a block on',
    fields: { seq: 'the number of that block' }
  },
  progress: {
    about: 'how far it is, every second while it catches up, seeds, or waits with --exit-on-eof',
    fields: {
      blocks: 'how many are done; of the writer, how many the furthest reader holds',
      of: 'how many there are to be',
      rate: 'blocks a second, of late',
      left: 'how many seconds more, at this rate; null where none can be told',
      peers: 'how many there are'
    }
  },
  caughtup: {
    about: 'all that was there is printed or held; of the writer, a peer holds all of this run',
    fields: { blocks: 'how many blocks the log has', seconds: 'how long that took' }
  },
  notice: { about: 'anything else that a person would be told', fields: {} },
  error: {
    about: 'what went wrong',
    fields: { code: 'the exit code', stack: 'where; of a bug alone' }
  },
  end: { about: 'the last line', fields: { code: 'the exit code' } }
} as const satisfies Record<string, Event>

export type StatusTag = keyof typeof STATUS_EVENTS

/** The fields of the event `T`, beside its message. */
export type StatusData<T extends StatusTag> = {
  [Field in keyof (typeof STATUS_EVENTS)[T]['fields']]: string | number | boolean | null
}
