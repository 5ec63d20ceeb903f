/*
 * A network link with a delay, random loss and a limited rate between two network namespaces, for
 * kernels without netem: a TUN device in each, and every packet that enters one leaves the other
 * after the delay.
 *
 *   tun-relay NAMESPACE_A NAMESPACE_B DEVICE DELAY_US LOSS_PER_MILLION [BITS_PER_SECOND [QUEUE_BYTES]]
 *
 * A namespace is one that `ip netns` has named, or the path of one, such as /proc/PID/ns/net.
 *
 * With a rate, each direction sends one packet after the other, and each takes as long as its bytes
 * take at that rate: a token bucket that holds one packet. What has to wait stands in a queue of
 * QUEUE_BYTES, and a packet that finds no room there is dropped. By default the queue holds what the
 * rate sends in 250 ms, as access links do: enough for one sender to fill the link at any usual round
 * trip, and little enough that senders who send too much see losses soon. It holds no less than
 * LEAST_QUEUE_BYTES, or a few packets that come at once would not fit at low rates. Without a rate,
 * or with 0, packets leave as fast as they come.
 *
 * Prints "up" once both devices exist, and runs until its stdin is closed. Each line on stdin is
 * answered by a line with what the link has carried so far, headers of IP included:
 *
 *   carried BYTES_A_TO_B BYTES_B_TO_A dropped PACKETS_A_TO_B PACKETS_B_TO_A
 *
 * Packets that were lost or dropped are not carried; those that the queue had no room for are dropped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
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
#define DEFAULT_QUEUE_MS 250
#define LEAST_QUEUE_BYTES 32768
#define MICROSECONDS 1000000

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
  int64_t idle_from; /* when the last packet so far has been sent, in microseconds */
  uint64_t carried;  /* bytes */
  uint64_t dropped;  /* packets */
};

struct link {
  int64_t delay; /* microseconds */
  int64_t loss;  /* per million */
  int64_t rate;  /* bits per second; 0 for no limit */
  int64_t queue; /* bytes that may wait to be sent */
};

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * MICROSECONDS + time.tv_nsec / 1000;
}

/* Moves this process into the namespace: a device belongs to where it was made, whoever holds it. */
static int open_tun(const char *namespace, const char *device) {
  char path[256];
  snprintf(path, sizeof path, "%s%s", strchr(namespace, '/') ? "" : "/var/run/netns/", namespace);
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

/* When the last bit of `bytes` that come now has been sent; -1 where the queue has no room for them. */
static int64_t send_time(struct direction *way, const struct link *link, int64_t bytes) {
  int64_t time = now();
  if (link->rate == 0) return time;
  int64_t start = way->idle_from > time ? way->idle_from : time;
  int64_t waiting = (start - time) * link->rate / 8 / MICROSECONDS;
  if (start > time && waiting + bytes > link->queue) return -1;
  way->idle_from = start + bytes * 8 * MICROSECONDS / link->rate;
  return way->idle_from;
}

static void take_in(struct direction *way, const struct link *link) {
  for (int count = 0; count < BURST_PACKETS; count++) {
    if (way->entered - way->left == QUEUE_PACKETS) return;
    struct packet *packet = &way->queue[way->entered % QUEUE_PACKETS];
    packet->length = read(way->in, packet->bytes, PACKET_BYTES);
    if (packet->length <= 0) return;
    if (link->loss > 0 && is_lost(link->loss)) continue;
    int64_t sent = send_time(way, link, packet->length);
    if (sent < 0) {
      way->dropped++;
      continue;
    }
    packet->due = sent + link->delay;
    way->entered++;
  }
}

static void let_out(struct direction *way) {
  int64_t time = now();
  for (struct packet *packet; (packet = oldest(way)) && packet->due <= time; way->left++) {
    way->carried += packet->length;
    if (write(way->out, packet->bytes, packet->length) >= 0) continue;
    /* a device that is full, or not up yet, drops the packet as a router would */
    if (errno != EAGAIN && errno != ENOBUFS && errno != EIO) fail("write");
  }
}

/* Answers every line on stdin; its end is ours. */
static void answer(const struct direction ways[2]) {
  char lines[64];
  ssize_t length = read(STDIN_FILENO, lines, sizeof lines);
  if (length <= 0) exit(EXIT_SUCCESS);
  for (ssize_t i = 0; i < length; i++) {
    if (lines[i] != '\n') continue;
    printf("carried %" PRIu64 " %" PRIu64 " dropped %" PRIu64 " %" PRIu64 "\n", ways[0].carried,
           ways[1].carried, ways[0].dropped, ways[1].dropped);
  }
  fflush(stdout);
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
  struct timespec timeout = {wait / MICROSECONDS, wait % MICROSECONDS * 1000};
  ppoll(ready, 3, due == INT64_MAX ? NULL : &timeout, NULL);
  if (ready[0].revents) answer(ways);
}

static struct link parse_link(int count, char **args) {
  struct link link = {.delay = atoll(args[0]), .loss = atoll(args[1])};
  if (count > 2) link.rate = atoll(args[2]);
  link.queue = link.rate / 8 * DEFAULT_QUEUE_MS / 1000;
  if (link.queue < LEAST_QUEUE_BYTES) link.queue = LEAST_QUEUE_BYTES;
  if (count > 3) link.queue = atoll(args[3]);
  return link;
}

int main(int count, char **args) {
  if (count < 6 || count > 8) {
    fprintf(stderr, "usage: tun-relay NAMESPACE_A NAMESPACE_B DEVICE DELAY_US LOSS_PPM "
                    "[BITS_PER_SECOND [QUEUE_BYTES]]\n");
    return EXIT_FAILURE;
  }
  int a = open_tun(args[1], args[3]);
  int b = open_tun(args[2], args[3]);
  const struct link link = parse_link(count - 4, args + 4);
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
      take_in(&ways[i], &link);
      let_out(&ways[i]);
    }
  }
}
