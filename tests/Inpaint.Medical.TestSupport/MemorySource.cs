using System.Security.Cryptography;
using Inpaint.Medical.Core.Errors;
using Inpaint.Medical.Core.Ports;
using Inpaint.Medical.Core.Series;

namespace Inpaint.Medical.TestSupport;

/// <summary>Instances in memory, and what may go wrong with them.</summary>
public sealed class MemorySource : IInstanceSource
{
    private readonly List<(InstanceHeader Header, byte[] Pixels, ErrorCode Defect)> _images = [];

    public int Count => _images.Count;

    public IReadOnlyList<InstanceHeader> Headers => [.. _images.Select(image => image.Header)];

    public ImageSeries AsSeries(string part = "") =>
        new() { SeriesInstanceUid = _images[0].Header.SeriesInstanceUid, Part = part, Instances = [.. Headers] };

    public byte[] Pixels(int image) => _images[image].Pixels;

    public MemorySource Add(InstanceHeader header, byte[] pixels)
    {
        _images.Add((header, pixels, ErrorCode.None));
        return this;
    }

    /// <summary>Removes images by index.</summary>
    public MemorySource Without(params int[] images)
    {
        foreach (int image in images.OrderDescending())
        {
            _images.RemoveAt(image);
        }

        return this;
    }

    /// <summary>Changes the headers.</summary>
    public MemorySource With(Func<InstanceHeader, InstanceHeader> change) => With((_, header) => change(header));

    /// <summary>Changes the headers by index.</summary>
    public MemorySource With(Func<int, InstanceHeader, InstanceHeader> change)
    {
        for (int i = 0; i < _images.Count; i++)
        {
            _images[i] = _images[i] with { Header = change(i, _images[i].Header) };
        }

        return this;
    }

    /// <summary>Gives the images of another source a place in this one.</summary>
    public MemorySource Add(MemorySource other)
    {
        _images.AddRange(other._images);
        return this;
    }

    public MemorySource Shuffled(int seed)
    {
        var random = new Random(seed);
        for (int i = _images.Count - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (_images[i], _images[other]) = (_images[other], _images[i]);
        }

        return this;
    }

    /// <summary>Reading this image fails.</summary>
    public MemorySource Spoiled(int image, ErrorCode defect)
    {
        _images[image] = _images[image] with { Defect = defect };
        return this;
    }

    /// <summary>One sample everywhere.</summary>
    public MemorySource Constant(int image, short value)
    {
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(_images[image].Pixels.AsSpan()).Fill(value);
        return this;
    }

    public Task<InstanceSet> ReadHeadersAsync(CancellationToken cancellationToken) => Task.FromResult(new InstanceSet([.. Headers], []));

    public void ReadPixels(InstanceHeader instance, Span<byte> destination)
    {
        (_, byte[] pixels, ErrorCode defect) = _images.Find(image => image.Header == instance);
        if (defect != ErrorCode.None)
        {
            throw new InpaintException(defect, $"{instance.Source} cannot be decoded.");
        }

        pixels.CopyTo(destination);
    }

    public string Sha256(InstanceHeader instance) =>
        Convert.ToHexStringLower(SHA256.HashData(_images.Find(image => image.Header == instance).Pixels));
}
