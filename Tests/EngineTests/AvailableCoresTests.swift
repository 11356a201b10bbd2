import TestSupport
import Testing

@testable import Engine

/// What control groups say, in folders as Linux has them.
@Suite struct AvailableCoresTests {
    private let folder: TemporaryFolder
    private var root: String { folder.path }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, _ path: String) throws { try folder.write(text.utf8, to: path) }

    @Test func withoutGroupsThereIsNoQuota() throws {
        #expect(AvailableCores.quota(root: root) == nil)
        try write("0::/\n", "/proc/self/cgroup")
        #expect(AvailableCores.quota(root: root) == nil)
        try write("max 100000\n", "/sys/fs/cgroup/cpu.max")
        #expect(AvailableCores.quota(root: root) == nil)
    }

    @Test(arguments: [
        ("200000 100000\n", 2), ("150000 100000\n", 1), ("50000 100000\n", 1), ("1600000 100000\n", 16),
        ("9e99 1\n", 1_000_000),
    ]) func versionTwo(text: String, cores: Int) throws {
        try write("0::/user.slice/session\n", "/proc/self/cgroup")
        try write("max 100000\n", "/sys/fs/cgroup/user.slice/session/cpu.max")
        try write(text, "/sys/fs/cgroup/user.slice/cpu.max")
        #expect(AvailableCores.quota(root: root) == cores)
    }

    @Test func theSmallestOfTheGroupsAroundCounts() throws {
        try write("0::/user.slice/session\n", "/proc/self/cgroup")
        try write("400000 100000\n", "/sys/fs/cgroup/user.slice/session/cpu.max")
        try write("200000 100000\n", "/sys/fs/cgroup/user.slice/cpu.max")
        #expect(AvailableCores.quota(root: root) == 2)
    }

    @Test(arguments: ["", "x y", "100000", "0 0", "nan 100000", "-1 100000"])
    func whatIsNoQuotaCountsAsNone(text: String) throws {
        try write("0::/\nrubbish\n", "/proc/self/cgroup")
        try write(text, "/sys/fs/cgroup/cpu.max")
        #expect(AvailableCores.quota(root: root) == nil)
    }

    /// In a container the path is that outside, of which only the root is there.
    @Test func versionOne() throws {
        try write("7:blkio:/docker/12\n4:cpu,cpuacct:/docker/12\n0::/\n", "/proc/self/cgroup")
        try write("-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
        try write("100000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        #expect(AvailableCores.quota(root: root) == nil)
        try write("300000\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us")
        try write("100000\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us")
        #expect(AvailableCores.quota(root: root) == 3)
    }

    @Test func moreThreadsThanCoresAreNotStarted() {
        #expect(AvailableCores.count >= 1)
        #expect(WorkerPool(threads: 1000).threads == AvailableCores.count)
        #expect(WorkerPool(threads: 1).threads == 1)
        #expect(WorkerPool(exactly: 5).threads == 5)
    }
}
