"""The programs that images have."""

from __future__ import annotations

_COREUTILS = """
[ awk base64 basename bash cat chmod chown cp cut dash date dirname du echo egrep env expr false fgrep find grep head
hostname id kill ln ls md5sum mkdir mktemp mv nl nohup nproc printenv printf pwd readlink realpath rev rm rmdir sed seq
sh sha1sum sha256sum sleep sort stat tac tail tar tee test timeout touch tr true truncate tty uname uniq wc which
whoami xargs yes
"""
_DEBIAN = """
apt apt-cache apt-get apt-key arch base32 chgrp cksum cmp comm csplit dd df diff diff3 dircolors dmesg dnsdomainname
dpkg expand factor fallocate findmnt fmt fold getconf getent groups gunzip gzip hostid iconv install join last ldd
link login logger logname lsblk lscpu md5sum.textutils mkfifo mknod more mount mountpoint nice nsenter numfmt od paste
pathchk pinky pr prlimit ptx renice runuser sdiff setsid sha224sum sha384sum sha512sum shred shuf split stdbuf stty
su sum sync
add-shell addgroup adduser agetty b2sum badblocks basenc blkid blockdev chage chattr chcon chfn chgpasswd choom
chpasswd chroot chrt chsh debconf delgroup deluser dpkg-deb dpkg-query dpkg-reconfigure dumpe2fs e2fsck envsubst expiry
faillog fincore flock fsck fsfreeze fstrim getcap getopt gpasswd gpgv groupadd groupdel groupmod grpck hardlink
infocmp invoke-rc.d ionice ipcmk ipcrm ipcs isosize lastb lastlog ldconfig locale localedef logsave losetup lsattr
lsfd lsipc lslocks lslogins lsmem lsns mcookie mesg mke2fs mkfs mkswap namei newgrp newusers nologin openssl passwd
pidof pivot_root pldd pwck rbash rename.ul reset resize2fs rgrep run-parts runcon savelog script scriptreplay service
setarch setpriv setterm sg start-stop-daemon sulogin swapoff swapon switch_root tarcat tic toe tput tset tune2fs
tzselect update-alternatives update-ca-certificates update-passwd update-rc.d useradd userdel usermod utmpdump vigr
vipw wall wdctl whereis wipefs zcmp zdiff zdump zfgrep zforce zic znew
addpart apt-cdrom apt-config apt-mark bashbug blkdiscard blkzone c_rehash captoinfo chcpu chmem clear clear_console
cpgr cppw ctrlaltdel deb-systemd-helper deb-systemd-invoke debconf-apt-progress debconf-communicate debconf-copydb
debconf-escape debconf-set-selections debconf-show debugfs delpart domainname dpkg-divert dpkg-maintscript-helper
dpkg-preconfigure dpkg-realpath dpkg-split dpkg-statoverride dpkg-trigger e2freefrag e2image e2label e2mmpstatus
e2scrub e2scrub_all e2undo e4crypt e4defrag faillock filefrag findfs fsck.ext2 fsck.ext3 fsck.ext4 fsck.minix fstab-
decode gettext gettext.sh getty groupmems grpconv grpunconv gzexe hwclock i386 iconvconfig infotocap installkernel
ischroot killall5 ldattach linux32 linux64 lsirq mawk mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.minix mkhomedir_helper nawk
ngettext nisdomainname pager partx pwconv pwunconv readprofile remove-shell resizepart rmt rmt-tar rtcwake scriptlive
shadowconfig swaplabel uclampset uncompress unix_chkpwd update-shells x86_64 ypdomainname zegrep zramctl
tabs taskset tempfile tput tsort umount unexpand unlink unshare users vdir dir who zcat zgrep zless zmore perl
"""
_BUSYBOX = """
[ [[ acpid adjtimex ar arch arp arping ascii ash awk base64 basename bc blkdiscard blkid blockdev brctl bunzip2
bzcat bzip2 cal cat chgrp chmod chown chroot chvt clear cmp cp cpio crc32 cttyhack cut date dc dd deallocvt depmod
devmem df diff dirname dmesg dnsdomainname dos2unix du dumpkmap dumpleases echo egrep env expand expr factor
fallocate false fatattr fdisk fgrep find findfs fold free freeramdisk fsfreeze fstrim ftpget ftpput getopt getty
grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer
id ifconfig ifdown ifup init insmod ionice ip ipcalc ipneigh kill killall klogd last less link linux32 linux64
linuxrc ln loadfont loadkmap logger login logname logread losetup ls lsmod lsscsi lzcat lzma lzop md5sum mdev
microcom mim mkdir mkdosfs mke2fs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mt mv nameif nc
netstat nl nologin nproc nsenter nslookup nuke od openvt partprobe paste patch pidof ping ping6 pivot_root poweroff
printf ps pwd rdate readlink realpath reboot renice reset resume rev rm rmdir rmmod route rpm rpm2cpio run-init
run-parts sed seq setkeycodes setpriv setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf sleep sort ssl_client
start-stop-daemon stat strings stty svc svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tee
telnet test tftp time timeout top touch tr traceroute traceroute6 true truncate ts tty ubirename udhcpc udhcpd
uevent umount uname uncompress unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime usleep uudecode
uuencode vconfig vi w watch watchdog wc wget which who whoami xargs xxd xz xzcat yes zcat
busybox
"""
_ALPINE = """
apk base32 cksum comm hd install join lsof mkpasswd nice nohup pgrep pkill pstree split su sum tree unlzop
"""
COREUTILS = frozenset((_COREUTILS + _DEBIAN).split())
"""In images made of Debian."""
BUSYBOX = frozenset(_BUSYBOX.split())
"""In images of busybox: what `busybox --list` says on kind's node."""
ALPINE = BUSYBOX | frozenset(_ALPINE.split())
"""In images made of Alpine."""
