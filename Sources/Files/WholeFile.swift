import Foundation

/// Writing a file whole or not at all: who is interrupted at any moment leaves the old file or the new one.
///
/// The bytes go to `.NAME.tmp` in the same folder, are forced to the disk, and then take the name; then the folder is
/// forced to the disk, too. A lock keeps two programs from writing to one temporary file at a time. One that was
/// killed leaves its temporary file behind, and the next to write takes it over.
public enum WholeFile {
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let target = try target(of: path)
        let folder = (target as NSString).deletingLastPathComponent
        let scratch = (folder as NSString).appendingPathComponent("." + (target as NSString).lastPathComponent + ".tmp")
        let descriptor = try openLocked(scratch, for: path)
        defer { close(descriptor) }
        do throws(FileError) {
            try check(ftruncate(descriptor, 0) == 0, path)
            try fill(descriptor, with: bytes, for: path)
            var status = stat()
            if stat(target, &status) == 0 { _ = fchmod(descriptor, status.st_mode & 0o777) }
            try check(fsync(descriptor) == 0, path)
            try check(rename(scratch, target) == 0, path)
        } catch {
            unlink(scratch)
            throw error
        }
        // The file is there already; that its name is on the disk, too, not every file system can promise.
        let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// Writes a file that was not there before.
    ///
    /// - Parameter path: the names to try, from 1 on.
    /// - Returns: the first that was free.
    public static func write(
        _ bytes: [UInt8], toFirstNewOf path: (Int) -> String
    ) throws(FileError) -> String {
        var number = 1
        while true {
            let name = path(number)
            // Whoever creates it has the name, also among several programs.
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor < 0, errno == EEXIST {
                number += 1
                continue
            }
            try check(descriptor >= 0, name)
            close(descriptor)
            do throws(FileError) {
                try write(bytes, to: name)
            } catch {
                unlink(name)
                throw error
            }
            return name
        }
    }

    /// Throws when a file at the path could not be written, as far as can be told without writing one.
    public static func check(_ path: String) throws(FileError) {
        let folder = (try target(of: path) as NSString).deletingLastPathComponent
        try check(access(folder.isEmpty ? "." : folder, W_OK) == 0, path)
    }

    /// Where the file is after symbolic links; throws for what is there and is no regular file.
    private static func target(of path: String) throws(FileError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return path }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let found = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
            throw FileError(path, expected: "the name of a file to write", found: found)
        }
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }

    /// Opens the temporary file once nobody else writes to it.
    private static func openLocked(_ scratch: String, for path: String) throws(FileError) -> Int32 {
        while true {
            let descriptor = open(scratch, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            try check(descriptor >= 0, path)
            var (opened, named) = (stat(), stat())
            // Who held the lock before has given the file its final name: then it is no longer ours to write to.
            if flock(descriptor, LOCK_EX) == 0, fstat(descriptor, &opened) == 0, stat(scratch, &named) == 0,
                opened.st_ino == named.st_ino
            {
                return descriptor
            }
            close(descriptor)
        }
    }

    private static func fill(
        _ descriptor: Int32, with bytes: [UInt8], for path: String
    ) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            try check(count > 0, path)
            rest = rest.dropFirst(count)
        }
    }

    private static func check(_ holds: Bool, _ path: String) throws(FileError) {
        let code = errno
        guard !holds else { return }
        throw FileError(
            path, expected: "a place to write the file to", found: "\"\(String(cString: strerror(code)))\"")
    }
}
