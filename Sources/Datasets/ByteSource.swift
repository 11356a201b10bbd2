/// Bytes that can be read once, from the first to the last.
protocol ByteSource {
    /// The share of the file that was read, 0…1.
    var share: Double { get }

    /// Throws when there cannot be exactly `size` bytes in all, as far as can be told without reading them.
    func check(size: Int) throws(DatasetError)

    /// Fills the buffer with the next bytes and returns how many they are: fewer than asked for only at the end.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int
}

extension ByteSource {
    /// Takes the next `count` bytes; fewer only at the end.
    func take(_ count: Int) throws(DatasetError) -> [UInt8] {
        var failure: DatasetError?
        // The bytes go straight to their place: 47 MB of images are neither cleared first nor copied afterwards.
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            do throws(DatasetError) {
                initializedCount = try fill(UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Opens a file, plain or compressed with gzip: its first bytes tell, not its name.
func openByteSource(_ path: String) throws(DatasetError) -> any ByteSource {
    let file = try InputFile(path)
    return file.startsAsGzip ? try GzipReader(file) : file
}
