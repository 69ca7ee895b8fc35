/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_wire - a wire between two network namespaces whose ends are tun
 * devices: interfaces without a link-layer header, like a modem's.
 *
 *	path_wire NAMESPACE DEVICE NAMESPACE DEVICE
 *
 * Makes both devices and carries packets between them until it is killed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int end_open(const char *ns, const char *device)
{
	struct ifreq r = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	char file[200];
	int fd;

	snprintf(file, sizeof(file), "/run/netns/%s", ns);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		return -1;
	close(fd);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &r) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int main(int argc, char **argv)
{
	static char buf[65536];
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };

	if (argc != 5)
		return 2;
	p[0].fd = end_open(argv[1], argv[2]);
	p[1].fd = end_open(argv[3], argv[4]);
	if (p[0].fd < 0 || p[1].fd < 0) {
		perror("path_wire");
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	while (poll(p, 2, -1) > 0)
		for (int i = 0; i < 2; i++) {
			ssize_t n = p[i].revents & POLLIN ?
				read(p[i].fd, buf, sizeof(buf)) : 0;

			if (n > 0 && write(p[1 - i].fd, buf, (size_t)n) < 0)
				continue;	/* lost, as on any wire */
		}
	return 0;
}
