import fs from 'bare-fs'
import path from 'bare-path'
import { Failure, USAGE } from '../../shared/errors.ts'
import { LeftOut } from './figure.ts'
import { bare } from './network.ts'
import { Program } from './program.ts'
import { showProgress } from './progress.ts'
import type { Scope } from './scope.ts'

/** The two apps as one commit has them: the command that runs each. */
export interface Build {
  /** The folder of the project. */
  root: string
  writer: string[]
  reader: string[]
}

/** What is measured: the apps of this folder, and those of an earlier commit where one is given. */
export interface Builds {
  pair: Build
  before: Build | null
}

/** A measurement for each build; `before` is null where there is no earlier commit. */
interface Contestants<Sample> {
  pair: () => Promise<Sample>
  before: (() => Promise<Sample>) | null
}

/** The apps in the folder `root` of the project, as they were built there. */
export function buildIn(root: string): Build {
  return {
    root,
    writer: bare(path.join(root, 'writer-app')),
    reader: bare(path.join(root, 'reader-app'))
  }
}

/**
 * Checks `commit` out into a temporary folder, which goes with the scope, and builds it there. Throws
 * a Failure where there is no such commit.
 */
export async function buildCommit(scope: Scope, commit: string): Promise<Build> {
  const root = path.join(scope.folder(), 'project')
  showProgress(`building ${commit}`)
  if (!(await succeeds(scope, ['git', 'rev-parse', '--verify', '--quiet', `${commit}^{commit}`]))) {
    throw new Failure(`there is no commit '${commit}' here to measure against`, USAGE)
  }
  await run(scope, 'git', 'worktree', 'add', '--detach', root, commit)
  scope.defer(() => run(scope, 'git', 'worktree', 'remove', '--force', root))
  await run(scope, 'npm', '--prefix', root, 'ci', '--no-audit', '--no-fund')
  await run(scope, 'npm', '--prefix', root, 'run', 'build')
  return buildIn(root)
}

/** Prepares a measurement of each build, one after the other, and returns what takes a sample of it. */
export async function ofEach<Sample>(
  { pair, before }: Builds,
  prepare: (build: Build) => (() => Promise<Sample>) | Promise<() => Promise<Sample>>
): Promise<Contestants<Sample>> {
  return { pair: await prepare(pair), before: before && (await prepare(before)) }
}

/** The file `name` of a build. Throws LeftOut where that commit has none. */
export function fileOf({ root }: Build, name: string): string {
  const file = path.join(root, name)
  if (!fs.existsSync(file)) throw new LeftOut(`the commit before has no ${name}`)
  return file
}

async function run(scope: Scope, ...command: string[]): Promise<void> {
  await new Program(scope, command.join(' '), command).done()
}

async function succeeds(scope: Scope, command: string[]): Promise<boolean> {
  return (await new Program(scope, command.join(' '), command).ended()) === 0
}
