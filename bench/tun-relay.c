/*
 * A network link with a delay and random loss between two network namespaces, for kernels without
 * netem: a TUN device in each, and every packet that enters one leaves the other after the delay.
 *
 *   tun-relay NAMESPACE_A NAMESPACE_B DEVICE DELAY_MICROSECONDS LOSS_PER_MILLION
 *
 * Prints "up" once both devices exist, and runs until its stdin is closed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* As many packets may be under way in each direction: 24 MB, far more than the windows of UDX. */
#define QUEUE_PACKETS 16384
#define PACKET_BYTES 1600
/* A direction may take this many packets before the other has its turn. */
#define BURST_PACKETS 64

struct packet {
  int64_t due; /* microseconds on the monotonic clock */
  ssize_t length;
  char bytes[PACKET_BYTES];
};

/* Packets that entered at `in` and will leave at `out`, in the order in which they came. */
struct direction {
  int in;
  int out;
  struct packet *queue;
  uint64_t entered;
  uint64_t left;
};

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Moves this process into the namespace: a device belongs to where it was made, whoever holds it. */
static int open_tun(const char *namespace, const char *device) {
  char path[256];
  snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
  int place = open(path, O_RDONLY | O_CLOEXEC);
  if (place < 0 || setns(place, CLONE_NEWNET) < 0) fail(path);
  close(place);

  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  if (ioctl(tun, TUNSETIFF, &request) < 0) fail(device);
  return tun;
}

static struct packet *oldest(struct direction *way) {
  return way->left == way->entered ? NULL : &way->queue[way->left % QUEUE_PACKETS];
}

static bool is_lost(int64_t per_million) {
  static unsigned seed = 1;
  return rand_r(&seed) % 1000000 < per_million;
}

static void take_in(struct direction *way, int64_t delay, int64_t loss) {
  for (int count = 0; count < BURST_PACKETS; count++) {
    if (way->entered - way->left == QUEUE_PACKETS) return;
    struct packet *packet = &way->queue[way->entered % QUEUE_PACKETS];
    packet->length = read(way->in, packet->bytes, PACKET_BYTES);
    if (packet->length <= 0) return;
    if (loss > 0 && is_lost(loss)) continue;
    packet->due = now() + delay;
    way->entered++;
  }
}

static void let_out(struct direction *way) {
  int64_t time = now();
  for (struct packet *packet; (packet = oldest(way)) && packet->due <= time; way->left++) {
    if (write(way->out, packet->bytes, packet->length) >= 0) continue;
    /* a device that is full, or not up yet, drops the packet as a router would */
    if (errno != EAGAIN && errno != ENOBUFS && errno != EIO) fail("write");
  }
}

static void wait_for_work(struct direction ways[2]) {
  int64_t due = INT64_MAX;
  struct pollfd ready[3] = {{.fd = STDIN_FILENO, .events = POLLIN}};
  for (int i = 0; i < 2; i++) {
    struct packet *packet = oldest(&ways[i]);
    if (packet && packet->due < due) due = packet->due;
    bool full = ways[i].entered - ways[i].left == QUEUE_PACKETS;
    ready[i + 1] = (struct pollfd){.fd = full ? -1 : ways[i].in, .events = POLLIN};
  }
  int64_t wait = due - now();
  if (wait < 0) wait = 0;
  struct timespec timeout = {wait / 1000000, wait % 1000000 * 1000};
  ppoll(ready, 3, due == INT64_MAX ? NULL : &timeout, NULL);
  if (ready[0].revents) exit(EXIT_SUCCESS);
}

int main(int count, char **args) {
  if (count != 6) {
    fprintf(stderr, "usage: tun-relay NAMESPACE_A NAMESPACE_B DEVICE DELAY_US LOSS_PPM\n");
    return EXIT_FAILURE;
  }
  int a = open_tun(args[1], args[3]);
  int b = open_tun(args[2], args[3]);
  int64_t delay = atoll(args[4]);
  int64_t loss = atoll(args[5]);
  struct direction ways[2] = {{.in = a, .out = b}, {.in = b, .out = a}};
  for (int i = 0; i < 2; i++) {
    ways[i].queue = malloc(QUEUE_PACKETS * sizeof(struct packet));
    if (ways[i].queue == NULL) fail("malloc");
  }
  puts("up");
  fflush(stdout);

  for (;;) {
    wait_for_work(ways);
    for (int i = 0; i < 2; i++) {
      take_in(&ways[i], delay, loss);
      let_out(&ways[i]);
    }
  }
}
