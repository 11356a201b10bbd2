import Files

/// A data set in an archive of NumPy, with the names that Keras has: `x_train`, `y_train`, `x_test`, `y_test`.
enum KerasArchive {
    /// What images and labels are called, by the name of the set.
    private static func names(_ set: String) -> (images: [String], labels: [String]) {
        (["x_\(set)", "\(set)_images", "\(set)_x"], ["y_\(set)", "\(set)_labels", "\(set)_y"])
    }

    static func read(
        _ path: String, progress: ReadingProgress
    ) throws(DatasetError) -> (train: LabelledPixels, test: LabelledPixels?) {
        do throws(FileError) {
            let archive = try ZipReader(RandomAccessFile(path))
            guard let train = try images("train", in: archive, path) else {
                let found = archive.entries.prefix(8).map { quoted(array($0.name)) }.joined(separator: ", ")
                throw FileError(
                    path, expected: "the arrays x_train and y_train, x_test and y_test",
                    found: found.isEmpty ? "none" : found)
            }
            progress(0.8)
            return (train, try images("test", in: archive, path))
        } catch {
            throw DatasetError(error.file, .contents(expected: error.expected, found: error.found))
        }
    }

    private static func array(_ name: String) -> String { name.hasSuffix(".npy") ? String(name.dropLast(4)) : name }

    private static func images(_ set: String, in archive: ZipReader, _ path: String) throws(FileError)
        -> LabelledPixels?
    {
        func entry(_ names: [String]) -> ZipReader.Entry? {
            archive.entries.first { names.contains(array($0.name).lowercased()) }
        }
        let names = names(set)
        guard let imagesEntry = entry(names.images) else { return nil }
        guard let labelsEntry = entry(names.labels) else {
            throw FileError(
                path, expected: "\(quoted(names.labels[0])) beside \(quoted(array(imagesEntry.name)))", found: "none")
        }
        let labels = try labels(archive.contents(labelsEntry), name: array(labelsEntry.name), path)
        let name = array(imagesEntry.name)
        let bytes = try archive.contents(imagesEntry)
        let header = try NPYHeader(bytes, name: name, file: path)
        guard let (height, width) = size(header.shape), !header.fortranOrder else {
            throw FileError(
                path, expected: "\(quoted(name)) of images, [images, height, width] in C order",
                found: description(ofShape: header.shape))
        }
        guard header.shape[0] == labels.count else {
            throw FileError(
                path, expected: "\(header.shape[0]) labels in \(quoted(array(labelsEntry.name))), one for each image",
                found: "\(labels.count)")
        }
        var pixels = PixelValues(header.type)
        pixels.reserveCapacity(labels.count * height * width)
        do throws(PixelValues.Misfit) {
            try pixels.append(bytes[header.start...])
        } catch {
            throw FileError(
                path, expected: "pixels from 0 to 255 in \(quoted(name))",
                found: "\(error.words) in image \(error.place / (height * width))")
        }
        return LabelledPixels(
            width: width, height: height, pixels: pixels.bytes, labels: labels,
            file: "\(path), \(array(labelsEntry.name))")
    }

    /// Of `[images, height, width]`, with one channel before or behind, or `[images, pixels]` of squares.
    private static func size(_ shape: [Int]) -> (height: Int, width: Int)? {
        guard !shape.contains(0) else { return nil }
        switch shape.count {
        case 3: return (shape[1], shape[2])
        case 4: return shape[3] == 1 ? (shape[1], shape[2]) : shape[1] == 1 ? (shape[2], shape[3]) : nil
        case 2:
            let side = Int(Double(shape[1]).squareRoot().rounded())
            return side * side == shape[1] ? (side, side) : nil
        default: return nil
        }
    }

    /// `[images]` or `[images, 1]`
    private static func labels(_ bytes: [UInt8], name: String, _ path: String) throws(FileError) -> [Int] {
        let header = try NPYHeader(bytes, name: name, file: path)
        guard header.shape.count == 1 || header.shape.count == 2 && header.shape[1] == 1 else {
            throw FileError(
                path, expected: "\(quoted(name)) with a label for each image", found: description(ofShape: header.shape)
            )
        }
        let numbers = bytes.withUnsafeBytes { bytes in
            (0..<header.shape[0]).map { header.type.number(bytes, at: header.start + $0 * header.type.size) }
        }
        let labels = numbers.compactMap { Int(exactly: $0) }.filter { (0...LabelledPixels.mostClasses).contains($0) }
        if labels.count < numbers.count {
            let index = numbers.firstIndex { !(0...256).contains($0) || Int(exactly: $0) == nil } ?? 0
            throw FileError(
                path, expected: "labels from 0 to \(LabelledPixels.mostClasses - 1) in \(quoted(name))",
                found: "\(PixelValues.words(numbers[index])) at index \(index)")
        }
        return labels
    }
}
