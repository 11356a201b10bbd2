import Datasets

extension GreyImage {
    /// A slope with a bright corner, so that no turn leaves it as it is.
    public static func slope(width: Int, height: Int) -> GreyImage {
        let pixels = (0..<width * height).map { place -> UInt8 in
            let (x, y) = (place % width, place / width)
            return x < width / 4 && y < height / 3 ? 250 : UInt8((x * 100 / width + y * 90 / height))
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }
}
