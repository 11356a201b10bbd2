/// The size of an image, or of what a layer gives: so many values in height × width places. Values lie channel by channel,
/// row by row, as in PyTorch's `[channels, height, width]`; a dense layer's are all channels of one place.
public struct Shape: Sendable, Equatable, Hashable, Codable {
    /// Each at least 1.
    public let height, width, channels: Int

    /// Values in all.
    public var count: Int { height * width * channels }

    public init(height: Int, width: Int, channels: Int = 1) {
        precondition(height >= 0 && width >= 0 && channels >= 0, "A shape has no negative size.")
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Values without places, as a dense layer takes and gives them.
    public init(features: Int) {
        self.init(height: 1, width: 1, channels: features)
    }

    /// Whether there are places.
    public var isImage: Bool { height > 1 || width > 1 }
}

extension Shape: CustomStringConvertible {
    /// "28 × 28", "6 × 14 × 14" or "120"
    public var description: String {
        !isImage ? "\(channels)" : (channels == 1 ? "" : "\(channels) × ") + "\(height) × \(width)"
    }
}
