import os from 'bare-os'
import { skip, test } from 'brittle'

/** A test of what only Linux has: /proc, network namespaces, GNU's tools. */
export const onLinux = os.platform() === 'linux' ? test : skip

/** A test of what Windows has not: signals, permissions, a POSIX shell. */
export const onPosix = os.platform() === 'win32' ? skip : test
