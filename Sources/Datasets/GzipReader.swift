import CZlib

/// The contents of a gzip file, inflated as they are read.
///
/// As RFC 1952 has it, a file may hold several gzip members one after the other, as `cat a.gz b.gz` makes it: their
/// contents follow each other. Anything else after a member is an error, also the zeros that some tapes append. zlib
/// compares checksum and length at the end of each member.
final class GzipReader: ByteSource {
    private let file: InputFile

    /// On the heap and not a stored value, because zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Compressed bytes: large enough that calls cost nothing, small enough for the cache.
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)

    /// Whether the bytes read so far end with the end of a member.
    private var isBetweenMembers = false

    init(_ file: InputFile) throws(DatasetError) {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = CZlib_inflateInitGzip(stream)
        guard status == Z_OK else {
            throw DatasetError(file.path, .unreadable(reason: String(cString: zError(status))))
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    var share: Double { file.share }

    func check(size: Int) throws(DatasetError) {
        // At its best, deflate takes two bits to repeat 258 bytes.
        let most = file.size.multipliedReportingOverflow(by: 1032)
        guard most.overflow || size <= most.partialValue else {
            throw DatasetError(file.path, .gzipTooSmall(declared: size, most: most.partialValue))
        }
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        var filled = 0
        while filled < buffer.count {
            if stream.pointee.avail_in == 0 {
                stream.pointee.avail_in = uInt(try file.fill(input))
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
            }
            if isBetweenMembers {
                guard stream.pointee.avail_in > 0 else { break }
                try startMember()
            }
            filled += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
        return filled
    }

    private func startMember() throws(DatasetError) {
        guard stream.pointee.next_in?.pointee == 0x1f else { throw DatasetError(file.path, .gzipTrailer) }
        inflateReset(stream)
        isBetweenMembers = false
    }

    /// Inflates what is at hand of the input, as far as the output has room, and returns the number of bytes put there.
    private func inflate(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        let room = uInt(clamping: output.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = room
        switch CZlib.inflate(stream, Z_NO_FLUSH) {
        case Z_OK: break
        case Z_STREAM_END: isBetweenMembers = true
        case Z_BUF_ERROR: throw DatasetError(file.path, .gzipCutShort)  // there was no more input to refill from
        case let status:
            let reason = stream.pointee.msg ?? UnsafeMutablePointer(mutating: zError(status))
            throw DatasetError(file.path, .gzipDamaged(reason: reason.map { String(cString: $0) } ?? "unknown"))
        }
        return Int(room - stream.pointee.avail_out)
    }
}
