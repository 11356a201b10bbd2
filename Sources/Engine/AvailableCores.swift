import Foundation

/// How many processor cores this process may use: those that it may run on, and what its control groups allow. A
/// container with a quota of two cores on a machine of 64 has two; 64 threads there would mostly keep each other waiting.
public enum AvailableCores {
    /// At least 1.
    public static let count = max(
        1, min(ProcessInfo.processInfo.activeProcessorCount, quota(root: "") ?? .max))

    /// The whole cores of the smallest quota among the control groups of this process and those around them, at least 1;
    /// nil where there is none. Linux' own formats: `cpu.max` of version 2 ("200000 100000", quota and period in
    /// microseconds, or "max …"), `cpu.cfs_quota_us` (-1 for none) and `cpu.cfs_period_us` of version 1.
    ///
    /// - Parameter root: what goes before `/proc` and `/sys`, for tests.
    static func quota(root: String) -> Int? {
        guard let groups = contents(root + "/proc/self/cgroup") else { return nil }
        let shares = groups.split(separator: "\n").flatMap { line -> [Double] in
            // "0::/user.slice" of version 2, "4:cpu,cpuacct:/docker/1234" of version 1.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            let mount = root + "/sys/fs/cgroup"
            if parts[1].isEmpty {
                return folders(of: parts[2], in: mount).compactMap { share(contents($0 + "/cpu.max")) }
            }
            guard parts[1].split(separator: ",").contains("cpu") else { return [] }
            return [mount + "/" + parts[1], mount + "/cpu"].flatMap { folders(of: parts[2], in: $0) }.compactMap {
                let period = contents($0 + "/cpu.cfs_period_us") ?? ""
                return share(contents($0 + "/cpu.cfs_quota_us").map { $0 + " " + period })
            }
        }
        return shares.min().map { max(Int(min($0, 1e6)), 1) }
    }

    /// The folder of a group and those of the groups around it. Inside a container, the path may be the one outside,
    /// and only its root is there.
    private static func folders(of path: Substring, in mount: String) -> [String] {
        let parts = path.split(separator: "/")
        return (0...parts.count).map { ([mount] + parts.prefix($0).map(String.init)).joined(separator: "/") }
    }

    /// "200000 100000" → 2; nil for "max 100000", "-1 100000" and what is neither.
    private static func share(_ text: String?) -> Double? {
        let numbers = text?.split(whereSeparator: \.isWhitespace).prefix(2).compactMap { Double($0) } ?? []
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0, numbers[0].isFinite else { return nil }
        return numbers[0] / numbers[1]
    }

    private static func contents(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
