//! Tests with texts of `mounts`.

use super::*;

fn mounts(text: &str) -> Vec<(String, bool)> {
    let mounts = parse(text.as_bytes()).unwrap();
    mounts
        .into_iter()
        .map(|mount| (mount.instance, mount.remote))
        .collect()
}

fn local(points: &[&str]) -> Vec<(String, bool)> {
    points
        .iter()
        .map(|point| ((*point).to_owned(), false))
        .collect()
}

#[test]
fn real_file_systems_are_told_from_the_kernels_own() {
    let text = "sysfs /sys sysfs rw 0 0\nproc /proc proc rw 0 0\nudev /dev devtmpfs rw 0 0\n\
        tmpfs /run tmpfs rw 0 0\n/dev/sda2 / ext4 rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n\
        /dev/loop3 /snap/core/1 squashfs ro 0 0\n/dev/sr0 /media/cd iso9660 ro 0 0\n\
        /dev/sda1 /boot/efi vfat rw 0 0\ntank/home /home zfs rw 0 0\n\
        systemd-1 /mnt/auto autofs rw 0 0\noverlay /var/lib/docker/overlay2/x/merged overlay rw 0 0\n\
        gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0\nlxcfs /var/lib/lxcfs fuse.lxcfs rw 0 0\n";
    assert_eq!(mounts(text), local(&["/", "/boot/efi", "/home"]));
}

#[test]
fn a_device_counts_once_and_where_it_is_mounted_highest() {
    let text = "/dev/sda2 /srv/long/bind ext4 rw 0 0\n/dev/sda2 / ext4 rw 0 0\n\
        /dev/sdb1 /data/inner ext4 rw 0 0\n/dev/sdb1 /data ext4 rw 0 0\n/dev/sdb1 /x/data ext4 rw 0 0\n";
    assert_eq!(mounts(text), local(&["/", "/data"]));
}

#[test]
fn a_container_shows_its_root_and_its_volumes() {
    let text = "overlay / overlay rw 0 0\n/dev/sda1 /etc/resolv.conf ext4 rw 0 0\n\
        /dev/sda1 /etc/hosts ext4 rw 0 0\n/dev/sda1 /volume ext4 rw 0 0\n";
    assert_eq!(mounts(text), local(&["/", "/volume"]));
}

#[test]
fn network_mounts_and_what_lies_below_them_are_remote() {
    let text = "/dev/sda2 / ext4 rw 0 0\nnas:/export /mnt/nas nfs4 rw 0 0\n\
        /dev/sdc1 /mnt/nas/local ext4 rw 0 0\n/dev/sdd1 /mnt/nasty ext4 rw 0 0\n\
        //box/share /mnt/cifs cifs rw 0 0\nme@box:/home /mnt/ssh fuse.sshfs rw 0 0\n\
        /dev/sde1 /mnt/ntfs fuseblk rw 0 0\n";
    let expected = [
        ("/", false),
        ("/mnt/nas", true),
        ("/mnt/nas/local", true),
        ("/mnt/nasty", false),
        ("/mnt/cifs", true),
        ("/mnt/ssh", true),
        ("/mnt/ntfs", true),
    ];
    assert_eq!(
        mounts(text),
        expected.map(|(point, remote)| (point.to_owned(), remote))
    );
}

#[test]
fn escapes_are_undone_for_the_system_and_kept_in_names() {
    let parsed = parse(b"/dev/sdb1 /mnt/my\\040disk\\134 ext4 rw 0 0\n").unwrap();
    assert_eq!(parsed[0].point, Path::new("/mnt/my disk\\"));
    assert_eq!(parsed[0].instance, r"/mnt/my\040disk\134");
    assert_eq!(unescape(br"\04\999\"), br"\04\999\");
    assert_eq!(
        unescape("\\\u{e9}\u{e9}".as_bytes()),
        "\\\u{e9}\u{e9}".as_bytes()
    );
}

#[test]
fn a_later_mount_hides_an_earlier_one() {
    let text = "/dev/sda2 / ext4 rw 0 0\n/dev/sdb1 /data ext4 rw 0 0\n/dev/sdc1 /data xfs rw 0 0\n";
    assert_eq!(mounts(text), local(&["/", "/data"]));
}

#[test]
fn hostile_text_and_crowds_are_bounded() {
    assert_eq!(parse(b""), None);
    assert_eq!(parse(b"\n\n a b\n"), None);
    let crowd: String = (0..500)
        .map(|index| format!("/dev/sd{index} /mnt/{index} ext4 rw 0 0\n"))
        .collect();
    assert_eq!(mounts(&crowd).len(), MAX_MOUNTS);
}
