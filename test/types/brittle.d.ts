// Only the members in use. Delete when upstream ships types.
declare module 'brittle' {
  export interface Test {
    is(actual: unknown, expected: unknown, message?: string): void
    not(actual: unknown, expected: unknown, message?: string): void
    alike(actual: unknown, expected: unknown, message?: string): void
    ok(value: unknown, message?: string): void
    absent(value: unknown, message?: string): void
    pass(message?: string): void
    fail(message?: string): void
    exception(
      call: (() => unknown) | Promise<unknown>,
      expected?: RegExp | object,
      message?: string
    ): Promise<void>
    comment(text: string): void
    timeout(ms: number): void
    test(name: string, body: Body): Promise<boolean>
    teardown(close: () => unknown, opts?: { order?: number; force?: boolean }): void
    tmp(): Promise<string>
  }

  type Body = (t: Test) => Promise<void> | void

  export function test(name: string, body: Body): Promise<boolean>
  export function skip(name: string, body: Body): Promise<boolean>
  export function hook(name: string, body: Body): unknown
  export function pause(): void
  export function resume(): void
  export function configure(config: { timeout: number }): void
}
